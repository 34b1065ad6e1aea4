package vn.phoneseal;

import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.app.Service;
import android.content.Intent;
import android.content.pm.ServiceInfo;
import android.os.Build;
import android.os.IBinder;

/**
 * Keeps the app's process awake while another app is in front, so that its connection to the server goes on. Does nothing by itself,
 * and is not started again by Android: without the app's Python there is nothing to keep awake.
 */
public class StayReachable extends Service {
    private static final String CHANNEL = "reachable";
    private static final int NOTICE = 2;

    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        if (intent == null) {
            stopSelf();
            return START_NOT_STICKY;
        }
        String title = intent.getStringExtra("title");
        NotificationChannel channel = new NotificationChannel(CHANNEL, title, NotificationManager.IMPORTANCE_MIN);
        channel.setLockscreenVisibility(Notification.VISIBILITY_SECRET);
        getSystemService(NotificationManager.class).createNotificationChannel(channel);
        Notification notice =
                new Notification.Builder(this, CHANNEL)
                        .setContentTitle(title)
                        .setContentText(intent.getStringExtra("text"))
                        .setSmallIcon(getApplicationInfo().icon)
                        .setOngoing(true)
                        .setContentIntent(
                                PendingIntent.getActivity(
                                        this, 0, new Intent(this, PhoneSealActivity.class), PendingIntent.FLAG_IMMUTABLE))
                        .build();
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            startForeground(NOTICE, notice, ServiceInfo.FOREGROUND_SERVICE_TYPE_SPECIAL_USE);
        } else {
            startForeground(NOTICE, notice);
        }
        return START_NOT_STICKY;
    }

    @Override
    public void onTaskRemoved(Intent rootIntent) {
        stopSelf();
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
