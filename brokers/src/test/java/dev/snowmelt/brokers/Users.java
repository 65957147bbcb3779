package dev.snowmelt.brokers;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.brokers.Brokers.Authentication;
import dev.snowmelt.cli.kafka.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;

/// Brokers that check rights, with a user for each part of Snowmelt, by SASL/SCRAM over TLS, who has the rights that
/// `snowmelt topics acls` shows and is called as that calls the part.
///
/// @param folder for what clients need
record Users(Path folder, Certificate certificate, Brokers brokers) implements AutoCloseable {
    static final String PREFIX = "snowmelt.";
    private static final String PASSWORD = "melting-point-0";

    static Users start(Path folder) throws Exception {
        Certificate certificate = Certificate.make(folder, "brokers");
        var users = new Users(folder, certificate, Brokers.start(1, Authentication.SCRAM, certificate));
        try (Admin admin = users.operator()) {
            List<UserScramCredentialAlteration> credentials = new ArrayList<>();
            List<AclBinding> rights = new ArrayList<>();
            for (Part part : Part.values()) {
                credentials.add(new UserScramCredentialUpsertion(
                        part.word(), new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD));
                rights.addAll(rights(part));
            }
            get(admin.alterUserScramCredentials(credentials).all());
            get(admin.createAcls(rights).all());
        }
        return users;
    }

    static List<AclBinding> rights(Part part) {
        return part.rights(PREFIX, "User:" + part.word());
    }

    static AclBinding right(Part part, Predicate<AclBinding> which) {
        return rights(part).stream().filter(which).findFirst().orElseThrow();
    }

    /// Who may do everything.
    Admin operator() {
        return brokers.operator();
    }

    /// Settings of a command of this user.
    Map<String, String> environment(Part part) throws IOException {
        return environment(part, PASSWORD);
    }

    Map<String, String> environment(Part part, String password) throws IOException {
        Path file = Files.writeString(Files.createTempFile(folder, "client", ".properties"), """
                security.protocol=SASL_SSL
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";
                """.formatted(
                        certificate.trusted(), part.word(), password));
        return new HashMap<>(Map.of(
                "SNOWMELT_REMEDIATE_PLANNER",
                "" + (part != Part.EXECUTE),
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                brokers.bootstrapServers(),
                "SNOWMELT_KAFKA_PROPERTIES_FILE",
                file.toString(),
                "SNOWMELT_KAFKA_PARTITIONS",
                "2",
                "SNOWMELT_KAFKA_REPLICATION_FACTOR",
                "1"));
    }

    /// What the authorizer refused anybody until now.
    List<String> denied() {
        return brokers.log().filter(line -> line.contains(" is Denied ")).toList();
    }

    /// Rights of a part that the authorizer never allowed anything for.
    Set<String> unused(Part part) {
        Pattern allowed = Pattern.compile("Principal = User:" + part.word()
                + " is Allowed operation = (\\w+) .*resourceType=(\\w+), resourceName=([^,]+), patternType=(\\w+),"
                + ".* operation=(\\w+),");
        Set<String> used = brokers.log()
                .map(allowed::matcher)
                .filter(Matcher::find)
                // READ also lets somebody describe; that is no reason to grant it.
                .filter(match -> match.group(1).equals(match.group(5)))
                .map(match -> match.group(5) + " " + match.group(2) + " " + match.group(3)
                        + (match.group(4).equals("PREFIXED") ? "*" : ""))
                .collect(toCollection(TreeSet::new));
        Set<String> unused = rights(part).stream()
                .map(right -> right.entry().operation() + " " + right.pattern().resourceType() + " "
                        + right.pattern().name()
                        + (right.pattern().patternType() == PatternType.PREFIXED ? "*" : ""))
                .collect(toCollection(TreeSet::new));
        unused.removeAll(used);
        return unused;
    }

    /// A right that is taken away for as long as this is open.
    record Without(Admin admin, AclBinding right) implements AutoCloseable {
        Without {
            get(admin.deleteAcls(List.of(right.toFilter())).all());
        }

        @Override
        public void close() {
            get(admin.createAcls(List.of(right)).all());
        }
    }

    /// Waits until the brokers have done it.
    static void get(KafkaFuture<?> done) {
        assertThat(done.toCompletionStage().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        brokers.close();
    }
}
