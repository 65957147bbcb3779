package dev.snowmelt.detector.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who leads is agreed on by a real group on a real broker; whoever must die or freeze is a
/// process.
class GroupLeadershipIT {
    private static final TargetId TARGET = TargetId.parse("aws:123456789012:eu-central-1");
    /// The least that brokers allow.
    private static final Duration SESSION = Duration.ofSeconds(6);

    private static final Duration SOON = Duration.ofSeconds(40);
    private static EmbeddedKafka kafka;

    private final Topics topics = new Topics("t" + UUID.randomUUID().toString().substring(0, 8) + ".", 2);
    private final List<GroupLeadership> members = new ArrayList<>();

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void makeTopics() {
        try (Admin admin = admin()) {
            new TopicProvisioning(admin, 1, 1, SOON).provision(topics);
        }
    }

    @AfterEach
    void release() throws LookException {
        for (GroupLeadership member : members) {
            member.release();
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private GroupLeadership member() {
        var member =
                new GroupLeadership(Map.of("bootstrap.servers", kafka.bootstrapServers()), topics, TARGET, SESSION);
        members.add(member);
        return member;
    }

    private static long lead(GroupLeadership member, long used) {
        OptionalLong[] taken = {OptionalLong.empty()};
        await().atMost(SOON).until(() -> {
            taken[0] = member.tryAcquire(() -> used);
            return taken[0].isPresent();
        });
        return taken[0].getAsLong();
    }

    private MemberProcess process() throws IOException {
        return MemberProcess.start(kafka.bootstrapServers(), topics, TARGET, SESSION);
    }

    private static void awaitLead(MemberProcess process) {
        await().atMost(SOON).until(process::leads);
    }

    @Test
    void leavesTheLeadToWhoHasItWhenOthersJoin() throws LookException {
        GroupLeadership first = member();
        long epoch = lead(first, 0);

        List<GroupLeadership> joining = List.of(member(), member());
        long deadline = System.nanoTime() + SESSION.multipliedBy(2).toNanos();
        boolean always = true;
        while (System.nanoTime() < deadline) {
            always &= first.held();
            for (GroupLeadership other : joining) {
                assertThat(other.tryAcquire(() -> 0)).isEmpty();
                assertThat(other.held()).isFalse();
            }
        }

        assertThat(always).isTrue();
        assertThat(epoch).isPositive();
        first.renew();
    }

    @Test
    void handsOverAtOnceWhenItIsReleased() throws LookException {
        GroupLeadership first = member();
        GroupLeadership second = member();
        long before = lead(first, 0);
        // A member that only waits.
        assertThat(second.tryAcquire(() -> 0)).isEmpty();

        first.release();
        boolean still = first.held();
        long released = System.nanoTime();
        long after = lead(second, 0);

        assertThat(still).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(SESSION);
        assertThat(after).isGreaterThan(before);
    }

    @Test
    void takesOverFromAKilledOneOnlyWhenThatCannotBelieveToLeadAnyMore() throws Exception {
        try (MemberProcess first = process()) {
            awaitLead(first);
            GroupLeadership second = member();
            assertThat(second.tryAcquire(() -> 0)).isEmpty();

            first.kill();
            long epoch = lead(second, 0);
            long taken = System.currentTimeMillis();

            MemberProcess.Belief last = first.beliefs().getLast();
            assertThat(last.epoch()).isPositive().isLessThan(epoch);
            // It renews every tenth of a session; what it believed when it died it would have gone on to
            // believe for nine tenths of a session from its last renewal.
            assertThat(Duration.ofMillis(taken - last.millis()))
                    .isGreaterThan(SESSION.multipliedBy(8).dividedBy(10));
        }
    }

    @Test
    void neverBelievesToLeadBesideAnotherWhenItWasPaused() throws Exception {
        try (MemberProcess first = process();
                MemberProcess second = process()) {
            await().atMost(SOON).until(() -> first.leads() || second.leads());
            MemberProcess paused = first.leads() ? first : second;
            MemberProcess other = paused == first ? second : first;

            paused.signal("STOP");
            awaitLead(other);
            paused.signal("CONT");
            int woken = other.beliefs().size();
            await().atMost(SOON).until(() -> other.beliefs().size() > woken + 200);

            long epoch = other.beliefs().getLast().epoch();
            assertThat(epoch).isPositive();
            MemberProcess.Belief began = other.beliefs().stream()
                    .filter(belief -> belief.epoch() > 0)
                    .findFirst()
                    .orElseThrow();
            assertThat(paused.beliefs())
                    .filteredOn(belief -> belief.millis() >= began.millis())
                    .isNotEmpty()
                    .allSatisfy(belief -> assertThat(belief.epoch()).isZero());
            assertThat(paused.beliefs())
                    .allSatisfy(belief -> assertThat(belief.epoch()).isLessThan(epoch));
        }
    }

    @Test
    void usesNoEpochTwiceThoughNothingWasWrittenUnderTheFirst() throws LookException {
        GroupLeadership first = member();
        long before = lead(first, 1_000);
        first.release();

        GroupLeadership second = member();
        long after = lead(second, 1_000);

        assertThat(before).isEqualTo(1_001);
        assertThat(after).isEqualTo(1_002);
    }

    @Test
    void goesOnAboveTheUsedEpochWhenTheGroupIsForgotten() throws LookException, InterruptedException {
        GroupLeadership first = member();
        long before = lead(first, 1_000);
        first.release();
        await().atMost(SOON).until(this::forgotGroup);

        GroupLeadership second = member();
        long after = lead(second, before);

        assertThat(after).isEqualTo(before + 1);
    }

    private boolean forgotGroup() throws InterruptedException {
        try (Admin admin = admin()) {
            admin.deleteConsumerGroups(Set.of(topics.id("collector." + TARGET)))
                    .all()
                    .get();
            return true;
        } catch (ExecutionException _) {
            return false;
        }
    }

    @Test
    void saysThatNoBrokerAnswers() throws LookException {
        var lost = new GroupLeadership(Map.of("bootstrap.servers", "127.0.0.1:1"), topics, TARGET, SESSION);
        members.add(lost);

        await().atMost(SOON).untilAsserted(() -> {
            LookException wrong = null;
            try {
                lost.tryAcquire(() -> 0);
            } catch (LookException e) {
                wrong = e;
            }
            assertThat(wrong).isNotNull().hasMessageContaining(topics.id("collector." + TARGET));
        });
        assertThat(lost.held()).isFalse();
    }
}
