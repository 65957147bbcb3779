package dev.snowmelt.brokers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A certificate for brokers on this machine, made by the JDK's keytool.
///
/// @param keyStore the brokers' key and certificate, PKCS12
/// @param trusted the certificate alone, as PEM, for clients
record Certificate(Path keyStore, Path trusted) {
    static final String PASSWORD = "brokers-only";

    /// @param name files' names; two names are two certificates, and who trusts one does not trust the other
    static Certificate make(Path folder, String name) throws IOException, InterruptedException {
        Path keyStore = folder.resolve(name + ".p12");
        Path trusted = folder.resolve(name + ".pem");
        keytool(
                keyStore,
                List.of(
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "2",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-ext",
                        "bc:c"));
        keytool(keyStore, List.of("-exportcert", "-rfc", "-alias", "broker", "-file", trusted.toString()));
        return new Certificate(keyStore, trusted);
    }

    private static void keytool(Path keyStore, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path log = Files.createTempFile("keytool", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("keytool failed: " + Files.readString(log));
        }
    }
}
