package dev.snowmelt.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.doctor.Finding.Result;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "Mon, 23 Nov 2026 12:00:00 GMT, OK",
        "Mon, 23 Nov 2026 11:59:58 GMT, OK",
        "Mon, 23 Nov 2026 11:59:55 GMT, WARN",
        "Mon, 23 Nov 2026 12:00:05 GMT, WARN",
        "Mon, 23 Nov 2026 11:59:00 GMT, FAIL",
        "Mon, 23 Nov 2026 13:00:00 GMT, FAIL"
    })
    void aClockIsComparedToTheSecond(String day, String date, Result result) {
        Finding finding = Clocks.compare("clock", "them", Optional.of(day + ", " + date), NOW, NOW.plusMillis(200));

        assertThat(finding.result()).as(finding.found()).isEqualTo(result);
    }

    @Test
    void aDateThatIsNoneSaysNothing() {
        assertThat(Clocks.compare("clock", "them", Optional.of("noon"), NOW, NOW)
                        .result())
                .isEqualTo(Result.SKIPPED);
        assertThat(Clocks.compare("clock", "them", Optional.empty(), NOW, NOW).result())
                .isEqualTo(Result.SKIPPED);
    }

    @Test
    void aBrokerCannotHaveAppendedInTheFuture() {
        assertThat(Clocks.appended("clock", NOW.plusSeconds(40).toEpochMilli(), NOW)
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(Clocks.appended("clock", NOW.minusSeconds(40).toEpochMilli(), NOW)
                        .result())
                .isEqualTo(Result.OK);
        assertThat(Clocks.appended("clock", -1, NOW).result()).isEqualTo(Result.SKIPPED);
    }

    @Test
    void aCollectorIsSilentAfterTwoSnapshotsThatDidNotCome() {
        assertThat(collectors(status("k8s:a", NOW.minusSeconds(60 * 21), ""))).containsExactly(Result.OK);
        assertThat(collectors(status("k8s:a", NOW.minusSeconds(60 * 23), ""))).containsExactly(Result.FAIL);
        assertThat(collectors(status("k8s:a", NOW, "the API server answers 403")))
                .containsExactly(Result.WARN);
        assertThat(collectors()).containsExactly(Result.WARN);
    }

    @Test
    void aTargetThatIsNamedAndThatNobodyReportsOfFails() {
        Map<String, String> named = Map.of("kubernetes.target", "k8s:b");

        assertThat(collectors(named)).containsExactly(Result.FAIL);
        assertThat(collectors(named, status("k8s:a", NOW, ""))).containsExactly(Result.OK, Result.FAIL);
        assertThat(collectors(named, status("k8s:b", NOW, ""))).containsExactly(Result.OK);
    }

    private static List<Result> collectors(CollectorStatus... statuses) {
        return collectors(Map.of(), statuses);
    }

    private static List<Result> collectors(Map<String, String> options, CollectorStatus... statuses) {
        Config config = Config.load(null, Map.of(), options);
        try (var brokers = Brokers.of(config.kafka())) {
            return new CollectorFindings(brokers, config, () -> NOW)
                    .of(List.of(statuses)).stream().map(Finding::result).toList();
        }
    }

    @Test
    void aGroupIsWellOnlyWhenItIsStableAndHasDoneSomething() {
        assertThat(GroupFindings.judge("g", "", true, false, 1_000).result()).isEqualTo(Result.OK);
        assertThat(GroupFindings.judge("g", "", true, false, 1_001).result()).isEqualTo(Result.WARN);
        assertThat(GroupFindings.judge("g", "", false, false, 0).result()).isEqualTo(Result.WARN);
        assertThat(GroupFindings.judge("g", "", true, true, 1).result()).isEqualTo(Result.WARN);
    }

    @Test
    void aTopicThatMayBeLargerIsNoFailure() {
        assertThat(topics(differs("max.message.bytes", "2097152", "1048576"))).containsExactly(Result.WARN);
        assertThat(topics(differs("max.message.bytes", "524288", "1048576"))).containsExactly(Result.FAIL);
        assertThat(topics(differs("cleanup.policy", "delete", "compact"))).containsExactly(Result.FAIL);
    }

    @Test
    void aDifferenceIsSaidWhateverElseIsNotTold() {
        var hidden = new TopicProvisioning.NotTold("snowmelt.verdicts", AclOperation.DESCRIBE);
        var half = new TopicProvisioning.NotTold("snowmelt.commands", AclOperation.DESCRIBE_CONFIGS);

        assertThat(topics(differs("partitions", "2", "12"), hidden, half))
                .containsExactly(Result.FAIL, Result.SKIPPED, Result.SKIPPED);
        assertThat(topics(new TopicProvisioning.Exists("snowmelt.answers"), hidden))
                .containsExactly(Result.OK, Result.SKIPPED);
        assertThat(topics(hidden, half))
                .as("nothing is known, so nothing is well")
                .containsOnly(Result.SKIPPED);
    }

    @Test
    void otherReplicasDoNotMakeSettingsKnownThatNobodySaw() {
        var replicas = new TopicProvisioning.Difference("replication.factor", "1", "3");
        var partitions = new TopicProvisioning.Difference("partitions", "2", "12");

        assertThat(topics(new TopicProvisioning.Differs("snowmelt.verdicts", List.of(replicas), true)))
                .as("replicas have a check of their own")
                .containsExactly(Result.OK);
        assertThat(topics(new TopicProvisioning.Differs("snowmelt.verdicts", List.of(replicas), false)))
                .containsExactly(Result.SKIPPED);
        assertThat(topics(new TopicProvisioning.Differs("snowmelt.verdicts", List.of(partitions), false)))
                .containsExactly(Result.FAIL, Result.SKIPPED);
    }

    private static TopicProvisioning.Result differs(String setting, String is, String shouldBe) {
        return new TopicProvisioning.Differs(
                "snowmelt.declarations", List.of(new TopicProvisioning.Difference(setting, is, shouldBe)), true);
    }

    private static List<Result> topics(TopicProvisioning.Result... results) {
        try (var brokers = Brokers.of(Config.load(null, Map.of(), Map.of()).kafka())) {
            return new TopicFindings(brokers, new Topics("snowmelt.", 12))
                    .of(List.of(results)).stream().map(Finding::result).toList();
        }
    }

    @Test
    void oneBrokerAwayMustNeitherLoseNorStopWrites() {
        assertThat(inSync(3, 2)).isEmpty();
        assertThat(inSync(2, 1)).containsExactly("min.insync.replicas is 1 of t");
        assertThat(inSync(3, 3)).containsExactly("min.insync.replicas is as many as there are replicas of t");
        assertThat(inSync(2, 2)).containsExactly("min.insync.replicas is as many as there are replicas of t");
    }

    private static List<String> inSync(int replicas, int least) {
        return ReplicationFindings.inSync(Map.of("t", least), Map.of("t", replicas)).stream()
                .map(finding -> finding.found().replaceFirst(":.*", ""))
                .toList();
    }

    @Test
    void whatThisUserMayNotSeeIsNotKnownAndWhatTheBrokersDoNotSayIsAFailure() throws Exception {
        assertThat(refused(new TopicAuthorizationException("no"))).isEqualTo(Result.SKIPPED);
        assertThat(refused(new GroupAuthorizationException("no"))).isEqualTo(Result.SKIPPED);
        assertThat(refused(new TimeoutException("no"))).isEqualTo(Result.FAIL);
    }

    private static Result refused(KafkaException refusal) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Brokers.tryTo("check", findings::add, () -> {
            throw refusal;
        });
        return findings.getFirst().result();
    }

    @ParameterizedTest
    @CsvSource({
        "snowmelt.planner-budgets-changelog, true",
        "snowmelt.registrar-numbered-repartition, true",
        "snowmelt.detector-instances-changelog, true",
        "snowmelt.scanner-tallies-changelog, true",
        "snowmelt.declarations, false",
        "snowmelt.executor-a-changelog, false",
        "snowmelt.planner-changelog, false",
        "other.planner-budgets-changelog, false",
        "snowmeltxplanner-budgets-changelog, false"
    })
    void topicsBehindTheStoresAreKnownByTheirNames(String name, boolean known) {
        assertThat(InternalTopics.behindStores(new Topics("snowmelt.", 1)).test(name))
                .isEqualTo(known);
    }

    private static CollectorStatus status(String target, Instant last, String problem) {
        return CollectorStatus.newBuilder()
                .setCollector("kubernetes/" + target)
                .setTarget(target)
                .setKind("kubernetes")
                .setLastSnapshot(Timestamp.newBuilder().setSeconds(last.getEpochSecond()))
                .setProblem(problem)
                .build();
    }

    @Test
    void registriesAreThoseOfTheNewestRevisions() {
        var declaration = Declaration.newBuilder()
                .setWorkload("k8s:a/shop/Deployment/cart")
                .addRevisions(revision("registry.example:5000/shop/cart:1"))
                .addRevisions(revision("old.example/shop/cart:1"))
                .build();
        var hub = declaration.toBuilder().setRevisions(0, revision("nginx")).build();

        assertThat(RegistryFindings.registries(List.of(declaration, hub)).keySet())
                .containsExactly("docker.io", "registry.example:5000");
    }

    private static Revision revision(String image) {
        return Revision.newBuilder()
                .setSpec(DeclarationSpec.newBuilder()
                        .addContainers(DeclaredContainer.newBuilder().setImage(image)))
                .build();
    }
}
