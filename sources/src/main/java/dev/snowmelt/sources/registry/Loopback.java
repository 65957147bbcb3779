package dev.snowmelt.sources.registry;

import dev.snowmelt.sources.registry.RegistryException.Kind;
import java.net.URI;
import java.util.regex.Pattern;

/// Where plain HTTP may be spoken: on this machine, when it was asked for, and nowhere else.
final class Loopback {
    // Written out, not resolved: what a name resolves to may change between the question and the call.
    private static final Pattern ADDRESS = Pattern.compile("127(\\.\\d{1,3}){3}|\\[::1]|localhost");

    private Loopback() {}

    /// True when a host, perhaps with a port, is this machine.
    static boolean names(String authority) {
        String host = authority.replaceFirst(":\\d+$", "");
        return ADDRESS.matcher(host).matches();
    }

    /// Where a registry sends its client, resolved, when that may be asked.
    ///
    /// @throws RegistryException when it is no address, or one that is asked in plain HTTP
    static URI allowed(String registry, URI from, String to, boolean insecure) throws RegistryException {
        URI target;
        try {
            target = from.resolve(to);
        } catch (IllegalArgumentException _) {
            throw new RegistryException(
                    Kind.UNREACHABLE,
                    "The registry " + registry + " sends its clients to '" + to + "', which is no address.");
        }
        boolean plain = "http".equals(target.getScheme());
        if (target.getAuthority() == null || (!plain && !"https".equals(target.getScheme()))) {
            throw new RegistryException(
                    Kind.UNREACHABLE,
                    "The registry " + registry + " sends its clients to '" + to + "', which is no address.");
        }
        if (plain && !(insecure && names(target.getAuthority()))) {
            throw new RegistryException(
                    Kind.UNUSABLE,
                    "The registry " + registry + " sends its clients to " + target.getAuthority()
                            + " without TLS, which is refused: plain HTTP is for loopback addresses with --insecure only.");
        }
        return target;
    }
}
