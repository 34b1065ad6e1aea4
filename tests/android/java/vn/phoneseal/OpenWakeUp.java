package vn.phoneseal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** Runs WakeUpMessage and PushEndpoint for the tests: a question a line, its bytes in hex, "-" for none. */
final class OpenWakeUp {
    private OpenWakeUp() {}

    public static void main(String[] none) throws IOException, GeneralSecurityException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            System.out.println(answer(line.split(" ")));
        }
    }

    private static String answer(String[] words) throws GeneralSecurityException {
        if (words[0].equals("keys")) {
            KeyPair keys = WakeUpMessage.newKeys();
            return hex(keys.getPrivate().getEncoded()) + " " + hex(WakeUpMessage.pointOf(keys.getPublic()));
        }
        if (words[0].equals("endpoint")) {
            return PushEndpoint.isUsable(words[1]) ? "usable" : "no";
        }
        if (words[0].equals("point")) {
            return hex(WakeUpMessage.pointOf(publicKey(octets(words[1]))));
        }
        byte[] body = octets(words[4]);
        try {
            if (words[0].equals("open")) {
                return hex(WakeUpMessage.open(body, octets(words[1]), octets(words[2]), octets(words[3])));
            }
            WakeUpMessage.check(body, octets(words[1]), octets(words[2]), octets(words[3]));
            return "wake-up";
        } catch (GeneralSecurityException error) {
            return "no";
        }
    }

    private static PublicKey publicKey(byte[] point) throws GeneralSecurityException {
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 33));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 33, 65));
        ECPublicKey any = (ECPublicKey) WakeUpMessage.newKeys().getPublic();
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), any.getParams()));
    }

    private static byte[] octets(String hex) {
        byte[] made = new byte[hex.length() / 2];
        for (int at = 0; at < made.length; at++) {
            made[at] = (byte) Integer.parseInt(hex.substring(2 * at, 2 * at + 2), 16);
        }
        return made;
    }

    private static String hex(byte[] octets) {
        return String.format("%0" + 2 * octets.length + "x", new BigInteger(1, octets));
    }
}
