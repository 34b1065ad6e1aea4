package vn.phoneseal;

import java.net.URI;
import java.net.URISyntaxException;

/** What a distributor may give as an endpoint (protocol 2.3). Whether it leads to a public address is for the server to see. */
final class PushEndpoint {
    private static final int LONGEST = 1000;

    private PushEndpoint() {}

    static boolean isUsable(String endpoint) {
        if (endpoint == null || endpoint.length() > LONGEST || !endpoint.matches("[!-~]+")) {
            return false;
        }
        try {
            URI uri = new URI(endpoint);
            return "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null
                    && (uri.getPort() == -1 || (uri.getPort() > 0 && uri.getPort() <= 65535));
        } catch (URISyntaxException error) {
            return false;
        }
    }
}
