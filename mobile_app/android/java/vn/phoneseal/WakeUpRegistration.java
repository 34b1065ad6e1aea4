package vn.phoneseal;

import android.app.BroadcastOptions;
import android.app.PendingIntent;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.SharedPreferences;
import android.content.pm.PackageManager;
import android.content.pm.ResolveInfo;
import android.os.Build;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * This app's registration with the distributor that the person chose (UnifiedPush for Android, AND_3). Python calls these methods, and the
 * receiver; what is kept lies in the app's own preferences, which no other app reads and no backup takes.
 *
 * <p>A token, its keys and its endpoint belong together and go together. The receiver is open to other apps only while there is a choice.
 */
public final class WakeUpRegistration {
    private static final String ASKS = "org.unifiedpush.android.distributor.";
    private static final String[] REGISTRATION = {"token", "vapid", "private", "p256dh", "auth", "endpoint", "problem"};

    private WakeUpRegistration() {}

    /** Package and label of each distributor on this phone, one after the other. */
    public static String[] distributors(Context context) {
        PackageManager packages = context.getPackageManager();
        List<String> found = new ArrayList<>();
        for (ResolveInfo info : packages.queryBroadcastReceivers(new Intent(ASKS + "REGISTER"), 0)) {
            String name = info.activityInfo.packageName;
            if (info.activityInfo.exported && !name.equals(context.getPackageName()) && !found.contains(name)) {
                found.add(name);
                found.add(String.valueOf(info.activityInfo.applicationInfo.loadLabel(packages)));
            }
        }
        return found.toArray(new String[0]);
    }

    /** What is kept: distributor, endpoint, p256dh, auth, problem; each empty if there is none. */
    public static synchronized String[] state(Context context) {
        SharedPreferences kept = kept(context);
        return new String[] {
            kept.getString("distributor", ""),
            kept.getString("endpoint", ""),
            kept.getString("p256dh", ""),
            kept.getString("auth", ""),
            kept.getString("problem", "")
        };
    }

    /** The person wants to be woken by this one and no other. */
    public static synchronized void choose(Context context, String distributor) {
        unregister(context);
        kept(context).edit().putString("distributor", distributor).commit();
        open(context, PackageManager.COMPONENT_ENABLED_STATE_ENABLED);
    }

    /** The person wants to be woken no more. */
    public static synchronized void giveUp(Context context) {
        unregister(context);
        kept(context).edit().remove("distributor").commit();
        open(context, PackageManager.COMPONENT_ENABLED_STATE_DEFAULT);
    }

    /** The endpoint is given back, the choice stays. */
    public static synchronized void letGo(Context context) {
        unregister(context);
    }

    /** What a ring says, in the person's language. */
    public static synchronized void say(Context context, String channel, String title, String text) {
        kept(context).edit().putString("channel", channel).putString("title", title).putString("text", text).commit();
    }

    /**
     * Asks the distributor for an endpoint, or for the same one again. {@code vapid}: the server's key, base64url; {@code purpose}: what the
     * distributor may show.
     */
    public static synchronized void register(Context context, String vapid, boolean anew, String purpose)
            throws GeneralSecurityException {
        SharedPreferences kept = kept(context);
        String distributor = kept.getString("distributor", "");
        if (distributor.isEmpty()) {
            return;
        }
        if (anew || !vapid.equals(kept.getString("vapid", "")) || kept.getString("token", "").isEmpty()) {
            unregister(context);
            makeToken(kept, vapid);
        }
        if (!isInstalled(context, distributor)) {
            kept.edit().putString("problem", "gone").commit();
            return;
        }
        Intent asks = to(context, distributor, "REGISTER", kept.getString("token", ""));
        asks.putExtra("vapid", vapid);
        asks.putExtra("message", purpose);
        asks.putExtra("features", new String[] {ASKS + "feature.BYTES_MESSAGE"}); // for AND_2
        send(context, asks);
    }

    // -- for the receiver ----------------------------------------------------------------------------------

    static synchronized boolean isToken(Context context, String token) {
        String own = kept(context).getString("token", "");
        return token != null
                && !own.isEmpty()
                && MessageDigest.isEqual(
                        own.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    static synchronized void acknowledge(Context context, String id) {
        SharedPreferences kept = kept(context);
        Intent says = to(context, kept.getString("distributor", ""), "MESSAGE_ACK", kept.getString("token", ""));
        says.putExtra("id", id);
        send(context, says);
    }

    /** What follows changes nothing once another token is the present one. */
    static synchronized void gave(Context context, String token, String endpoint) {
        if (isToken(context, token)) {
            kept(context).edit().putString("endpoint", endpoint).remove("problem").commit();
        }
    }

    static synchronized boolean hasEndpoint(Context context) {
        return !kept(context).getString("endpoint", "").isEmpty();
    }

    /** The distributor can't, for now or until the person does something. */
    static synchronized void failed(Context context, String token, String problem) {
        if (isToken(context, token)) {
            kept(context).edit().putString("problem", problem).commit();
        }
    }

    /** Token, keys and endpoint are over. */
    static synchronized void ended(Context context, String token, String problem) {
        if (isToken(context, token)) {
            forget(context);
            kept(context).edit().putString("problem", problem).commit();
        }
    }

    static synchronized void check(Context context, byte[] message) throws GeneralSecurityException {
        SharedPreferences kept = kept(context);
        WakeUpMessage.check(message, octets(kept, "private"), octets(kept, "p256dh"), octets(kept, "auth"));
    }

    static SharedPreferences kept(Context context) {
        return context.getSharedPreferences("wake_up", Context.MODE_PRIVATE);
    }

    // -- inside ----------------------------------------------------------------------------------------------

    private static void makeToken(SharedPreferences kept, String vapid) throws GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        byte[] token = new byte[20];
        byte[] auth = new byte[WakeUpMessage.AUTH_BYTES];
        random.nextBytes(token);
        random.nextBytes(auth);
        KeyPair keys = WakeUpMessage.newKeys();
        kept.edit()
                .putString("token", text(token))
                .putString("vapid", vapid)
                .putString("private", text(keys.getPrivate().getEncoded()))
                .putString("p256dh", text(WakeUpMessage.pointOf(keys.getPublic())))
                .putString("auth", text(auth))
                .commit();
    }

    /** Tells the distributor, and forgets whether it heard or not. */
    private static void unregister(Context context) {
        SharedPreferences kept = kept(context);
        String token = kept.getString("token", "");
        if (!token.isEmpty()) {
            send(context, to(context, kept.getString("distributor", ""), "UNREGISTER", token));
        }
        forget(context);
    }

    private static void forget(Context context) {
        SharedPreferences.Editor editor = kept(context).edit();
        for (String name : REGISTRATION) {
            editor.remove(name);
        }
        editor.commit();
    }

    private static boolean isInstalled(Context context, String distributor) {
        String[] found = distributors(context);
        for (int at = 0; at < found.length; at += 2) {
            if (found[at].equals(distributor)) {
                return true;
            }
        }
        return false;
    }

    /** Who asks is said by a pending intent that does nothing; from Android 14 on by the broadcast itself; for AND_2 by its name. */
    private static Intent to(Context context, String distributor, String action, String token) {
        Intent nothing = new Intent("org.unifiedpush.dummy_app").setPackage("org.unifiedpush.dummy_app");
        Intent intent = new Intent(ASKS + action).setPackage(distributor);
        intent.putExtra("token", token);
        intent.putExtra("application", context.getPackageName());
        intent.putExtra("pi", PendingIntent.getBroadcast(context, 0, nothing, PendingIntent.FLAG_IMMUTABLE));
        return intent;
    }

    private static void send(Context context, Intent intent) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            BroadcastOptions options = BroadcastOptions.makeBasic();
            options.setShareIdentityEnabled(true);
            context.sendBroadcast(intent, null, options.toBundle());
        } else {
            context.sendBroadcast(intent);
        }
    }

    private static void open(Context context, int state) {
        ComponentName receiver = new ComponentName(context, WakeUpReceiver.class);
        context.getPackageManager().setComponentEnabledSetting(receiver, state, PackageManager.DONT_KILL_APP);
    }

    private static String text(byte[] octets) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    private static byte[] octets(SharedPreferences kept, String name) {
        return Base64.getUrlDecoder().decode(kept.getString(name, ""));
    }
}
