package vn.phoneseal;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A wake-up as the server sends it (protocol 2.3): one record of RFC 8188, encrypted to this phone as RFC 8291 says, with one content and no
 * other. Nothing of Android's is in here, so that any JDK can run it.
 */
final class WakeUpMessage {
    static final int AUTH_BYTES = 16;
    static final int LONGEST = 4096;
    private static final byte[] EXPECTED = "phoneseal.wake_up.v1\u0002".getBytes(StandardCharsets.US_ASCII);
    private static final int POINT_BYTES = 65;
    private static final int SALT_BYTES = 16;
    private static final int HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES;
    private static final int TAG_BYTES = 16;
    private static final int RECORD_SIZE = 4096;

    private WakeUpMessage() {}

    /** A key of this phone's own; made anew with every registration. */
    static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** The uncompressed point: 65 bytes. */
    static byte[] pointOf(PublicKey key) {
        ECPoint point = ((ECPublicKey) key).getW();
        byte[] made = new byte[POINT_BYTES];
        made[0] = 4;
        put(point.getAffineX(), made, 33);
        put(point.getAffineY(), made, POINT_BYTES);
        return made;
    }

    /** Throws unless {@code body} is a wake-up to this phone. {@code privateKey} is PKCS#8, {@code p256dh} its point. */
    static void check(byte[] body, byte[] privateKey, byte[] p256dh, byte[] auth) throws GeneralSecurityException {
        if (!MessageDigest.isEqual(open(body, privateKey, p256dh, auth), EXPECTED)) {
            throw new GeneralSecurityException("another content");
        }
    }

    /** What the one record holds, its padding with it. */
    static byte[] open(byte[] body, byte[] privateKey, byte[] p256dh, byte[] auth) throws GeneralSecurityException {
        if (body.length <= HEADER_BYTES + TAG_BYTES || body.length > LONGEST || body[SALT_BYTES + 4] != POINT_BYTES) {
            throw new GeneralSecurityException("no message of RFC 8291");
        }
        if (new BigInteger(1, Arrays.copyOfRange(body, SALT_BYTES, SALT_BYTES + 4)).intValue() != RECORD_SIZE) {
            throw new GeneralSecurityException("another record size");
        }
        byte[] salt = Arrays.copyOf(body, SALT_BYTES);
        byte[] sender = Arrays.copyOfRange(body, HEADER_BYTES - POINT_BYTES, HEADER_BYTES);
        byte[] info = joined(ascii("WebPush: info\0"), p256dh, sender);
        byte[] secret = derive(auth, agreed(privateKey, sender), info, 32);
        byte[] key = derive(salt, secret, ascii("Content-Encoding: aes128gcm\0"), 16);
        byte[] nonce = derive(salt, secret, ascii("Content-Encoding: nonce\0"), 12);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
        return cipher.doFinal(body, HEADER_BYTES, body.length - HEADER_BYTES);
    }

    private static byte[] agreed(byte[] privateKey, byte[] sender) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("EC");
        ECPrivateKey own = (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(privateKey));
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(own);
        agreement.doPhase(factory.generatePublic(new ECPublicKeySpec(point(sender, own.getParams()), own.getParams())), true);
        return agreement.generateSecret();
    }

    /** A stranger's point: on the curve, or the agreement would tell of our key. */
    private static ECPoint point(byte[] encoded, ECParameterSpec parameters) throws InvalidKeyException {
        EllipticCurve curve = parameters.getCurve();
        BigInteger prime = ((ECFieldFp) curve.getField()).getP();
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(encoded, 1, 33));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(encoded, 33, POINT_BYTES));
        BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(prime);
        boolean inField = x.compareTo(prime) < 0 && y.compareTo(prime) < 0;
        if (encoded[0] != 4 || !inField || !y.multiply(y).mod(prime).equals(right)) {
            throw new InvalidKeyException("no point on P-256");
        }
        return new ECPoint(x, y);
    }

    /** HKDF with SHA-256 (RFC 5869), for at most one block. */
    private static byte[] derive(byte[] salt, byte[] secret, byte[] info, int length) throws GeneralSecurityException {
        byte[] block = mac(mac(salt, secret), joined(info, new byte[] {1}));
        return Arrays.copyOf(block, length);
    }

    private static byte[] mac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            made.write(part, 0, part.length);
        }
        return made.toByteArray();
    }

    private static void put(BigInteger number, byte[] target, int end) {
        byte[] digits = number.toByteArray();
        int length = Math.min(32, digits.length);
        System.arraycopy(digits, digits.length - length, target, end - length, length);
    }
}
