package vn.phoneseal;

import android.hardware.biometrics.BiometricPrompt;

/** What the biometric dialogue said, for Python, which can implement interfaces but not extend classes. */
public class BiometricAnswer extends BiometricPrompt.AuthenticationCallback {
    public static final int SUCCEEDED = 0;

    /** Called once: SUCCEEDED, or one of Android's numbers for what went wrong, all above 0. */
    public interface Listener {
        void answered(int code);
    }

    private final Listener listener;

    public BiometricAnswer(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void onAuthenticationSucceeded(BiometricPrompt.AuthenticationResult result) {
        listener.answered(SUCCEEDED);
    }

    @Override
    public void onAuthenticationError(int code, CharSequence message) {
        listener.answered(code);
    }
}
