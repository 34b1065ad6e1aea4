package vn.phoneseal;

import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.SharedPreferences;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Hears the distributor (UnifiedPush for Android, AND_3). Any app may send what arrives here: what does not carry the token of the present
 * registration is dropped before anything else is looked at, and so is what can't be read.
 *
 * <p>A wake-up says nothing, and nothing is believed of it. It rings at most once a minute: a line that something may wait, whose touch opens
 * the app. If the app's Python lives, it asks the server at once.
 */
public class WakeUpReceiver extends BroadcastReceiver {
    private static final String HEARD = "org.unifiedpush.android.connector.";
    private static final String CHANNEL = "requests";
    private static final int NOTICE = 1;
    private static final long RING_MS = 60_000;
    private static final int LONGEST_TEXT = 100;

    /** The app's Python, while it lives. Called on Android's first thread. */
    public interface Listener {
        void changed();

        void woken();
    }

    private static volatile Listener listener;

    public static void listen(Listener python) {
        listener = python;
    }

    @Override
    public void onReceive(Context context, Intent intent) {
        try {
            hear(context, intent);
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError unreadable) {
            // A stranger's intent may hold what this app can't unpack: before Android 13 one look unpacks all of it, objects nested without
            // end among it. That must not end the app.
        }
    }

    private static void hear(Context context, Intent intent) {
        String token = shortText(intent, "token");
        if (!WakeUpRegistration.isToken(context, token)) {
            return;
        }
        String action = String.valueOf(intent.getAction());
        if (action.equals(HEARD + "MESSAGE")) {
            message(context, intent.getByteArrayExtra("bytesMessage"));
            acknowledge(context, intent);
        } else if (action.equals(HEARD + "NEW_ENDPOINT")) {
            endpoint(context, token, intent.getStringExtra("endpoint"));
            acknowledge(context, intent);
        } else if (action.equals(HEARD + "REGISTRATION_FAILED")) {
            if (!WakeUpRegistration.hasEndpoint(context)) {
                WakeUpRegistration.ended(context, token, reason(shortText(intent, "reason")));
            }
        } else if (action.equals(HEARD + "UNREGISTERED")) {
            WakeUpRegistration.ended(context, token, "unregistered");
        } else if (action.equals(HEARD + "TEMP_UNAVAILABLE")) {
            WakeUpRegistration.failed(context, token, "temp_unavailable");
        }
        Listener python = listener;
        if (python != null && !action.equals(HEARD + "MESSAGE")) {
            python.changed();
        }
    }

    private static void message(Context context, byte[] message) {
        try {
            WakeUpRegistration.check(context, message == null ? new byte[0] : message);
        } catch (GeneralSecurityException error) {
            return; // none of our server's
        }
        if (!PhoneSealActivity.inFront) {
            ring(context);
        }
        Listener python = listener;
        if (python != null) {
            python.woken();
        }
    }

    private static void endpoint(Context context, String token, String endpoint) {
        if (PushEndpoint.isUsable(endpoint)) {
            WakeUpRegistration.gave(context, token, endpoint);
        } else {
            WakeUpRegistration.failed(context, token, "endpoint");
        }
    }

    private static String reason(String given) {
        return Arrays.asList("NETWORK", "ACTION_REQUIRED", "VAPID_REQUIRED").contains(given)
                ? given.toLowerCase(Locale.ROOT)
                : "internal_error";
    }

    private static void acknowledge(Context context, Intent intent) {
        String id = shortText(intent, "id");
        if (id != null) {
            WakeUpRegistration.acknowledge(context, id);
        }
    }

    private static String shortText(Intent intent, String name) {
        String found = intent.getStringExtra(name);
        return found == null || found.length() > LONGEST_TEXT ? null : found;
    }

    private static void ring(Context context) {
        SharedPreferences kept = WakeUpRegistration.kept(context);
        long now = System.currentTimeMillis();
        long passed = now - kept.getLong("rang_at", 0);
        String title = kept.getString("title", "");
        if (title.isEmpty() || (passed >= 0 && passed < RING_MS)) {
            return;
        }
        kept.edit().putLong("rang_at", now).commit();
        NotificationManager notices = context.getSystemService(NotificationManager.class);
        NotificationChannel channel =
                new NotificationChannel(CHANNEL, kept.getString("channel", title), NotificationManager.IMPORTANCE_HIGH);
        channel.setLockscreenVisibility(Notification.VISIBILITY_PRIVATE);
        notices.createNotificationChannel(channel);
        Intent opens = new Intent(context, PhoneSealActivity.class);
        Notification notice =
                new Notification.Builder(context, CHANNEL)
                        .setContentTitle(title)
                        .setContentText(kept.getString("text", ""))
                        .setSmallIcon(context.getApplicationInfo().icon)
                        .setAutoCancel(true)
                        .setContentIntent(PendingIntent.getActivity(context, 0, opens, PendingIntent.FLAG_IMMUTABLE))
                        .build();
        notices.notify(NOTICE, notice);
    }
}
