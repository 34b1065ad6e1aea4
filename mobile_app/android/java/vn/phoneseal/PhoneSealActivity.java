package vn.phoneseal;

import android.content.Intent;
import android.os.Build;
import android.os.Bundle;
import android.view.WindowManager;
import org.kivy.android.PythonActivity;

/**
 * The app's window: private before its first frame, and deaf to what strangers ask of it.
 *
 * <p>Every other app may start an exported activity with any intent. The activity of the base class would run Python code from a
 * folder that the intent names (action org.kivy.LAUNCH); here nothing but a start and a pairing link passes.
 */
public class PhoneSealActivity extends PythonActivity {
    /** Whether the person sees the app now. */
    static volatile boolean inFront;

    @Override
    protected void onCreate(Bundle savedInstanceState) {
        setIntent(cleaned(getIntent()));
        getWindow().addFlags(WindowManager.LayoutParams.FLAG_SECURE);
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            getWindow().setHideOverlayWindows(true);
        }
        super.onCreate(savedInstanceState);
        getWindow().getDecorView().setFilterTouchesWhenObscured(true);
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(cleaned(intent));
    }

    @Override
    protected void onResume() {
        super.onResume();
        inFront = true;
    }

    @Override
    protected void onPause() {
        inFront = false;
        super.onPause();
    }

    private static Intent cleaned(Intent intent) {
        Intent clean = new Intent(Intent.ACTION_MAIN);
        if (intent != null
                && Intent.ACTION_VIEW.equals(intent.getAction())
                && intent.getData() != null
                && "phoneseal".equals(intent.getData().getScheme())) {
            clean = new Intent(Intent.ACTION_VIEW, intent.getData());
        }
        return clean;
    }
}
