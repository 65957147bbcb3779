package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.GOOD;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static dev.snowmelt.remediator.execute.Commands.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ImageFacet.Protection;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.Template;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// S3 at the executor, whatever the planner thinks: protections are looked at again on the live
/// object.
class S3NothingNobodyWouldRecreateIsTerminatedTest {

    @ParameterizedTest
    @CsvSource({
        // protection,             named in the declaration, outcome
        "STATEFUL,                 PROTECTED_UNSPECIFIED, REFUSED",
        "STATEFUL,                 STANDALONE,            REFUSED",
        "STATEFUL,                 STATEFUL,              TERMINATED",
        "STATIC_POD,               PROTECTED_UNSPECIFIED, REFUSED",
        "STATIC_POD,               STANDALONE,            REFUSED", // never, whatever is declared
        "STATIC_POD,               STATEFUL,              REFUSED",
        "PHYSICAL,                 STANDALONE,            REFUSED",
        "PROTECTION_UNSPECIFIED,   STATEFUL,              REFUSED", // a newer collector's
    })
    void aProtectedInstanceIsTerminatedOnlyWhereTheDeclarationNamesIt(
            Protection protection, Protected named, Result expected) {
        var executing = new Executing();
        executing.declared(
                declaration(7, ENFORCE.toBuilder().addAlsoTerminate(named).build()));
        executing.platform.lives(
                pod(1),
                new LiveInstance(
                        CART,
                        "100",
                        running(EVIL).toBuilder().addProtections(protection).build(),
                        null));

        assertThat(executing.handle(replace("c1", pod(1))).getResult()).isEqualTo(expected);
        assertThat(executing.platform.terminated()).hasSize(expected == Result.TERMINATED ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "k8s:test/shop/standalone/cart-1, PROTECTED_UNSPECIFIED, REFUSED",
        "k8s:test/shop/standalone/cart-1, STATEFUL,              REFUSED",
        "k8s:test/shop/standalone/cart-1, STANDALONE,            TERMINATED",
        "k8s:test/shop/Job/cart,          STANDALONE,            REFUSED",
        "k8s:test/shop/DaemonSet/cart,    PROTECTED_UNSPECIFIED, TERMINATED",
        "k8s:test/shop/ReplicaSet/cart,   PROTECTED_UNSPECIFIED, TERMINATED",
    })
    void whatNobodyRecreatesIsTerminatedOnlyWhereTheDeclarationNamesIt(
            String workload, Protected named, Result expected) {
        var executing = new Executing();
        executing.declared(
                declaration(7, ENFORCE.toBuilder().addAlsoTerminate(named).build()));
        executing.platform.lives(pod(1), new LiveInstance(WorkloadId.parse(workload), "100", running(EVIL), null));

        var outcome = executing.handle(
                replace("c1", pod(1)).toBuilder().setWorkload(workload).build());

        assertThat(outcome.getResult()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.test/cart:1@sha256:aaaa, TERMINATED, terminated",
        "registry.test/cart:1@sha256:bbbb, BLOCKED,    is MISMATCHED when looked at now",
        "registry.test/cart:1,             BLOCKED,    is UNPINNED when looked at now",
        "'',                               BLOCKED,    it names no image",
    })
    void whatWouldComeBackWrongIsBlocked(String image, Result expected, String detail) {
        var executing = new Executing();
        var next = Template.newBuilder().setId("lt-0abc:3");
        next.addContainersBuilder()
                .setName("app")
                .setType(ObservedContainer.Type.APP)
                .setImage(image.replace("sha256:aaaa", GOOD).replace("sha256:bbbb", EVIL));
        executing.platform.lives(pod(1), madeAnew(next.build()));

        var outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(expected);
        assertThat(outcome.getDetail()).contains(detail);
        assertThat(outcome.getBlocksWorkload()).isEqualTo(expected == Result.BLOCKED);
        assertThat(executing.platform.terminated()).hasSize(expected == Result.TERMINATED ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"cafe,cafe,TERMINATED", "cafe,dead,BLOCKED", "cafe,'',BLOCKED", "'',dead,TERMINATED"})
    void whatWouldComeBackWithOtherUserDataIsBlocked(String declared, String found, Result expected) {
        var executing = new Executing();
        var declaration = Commands.declaration(7, Commands.ENFORCE).toBuilder();
        declaration
                .getRevisionsBuilder(0)
                .getSpecBuilder()
                .getContainersBuilder(0)
                .setUserDataSha256(declared);
        executing.declared(declaration.build());
        var next = new LiveInstance.Next(null, Set.of(found), List.of());
        executing.platform.lives(pod(1), new LiveInstance(CART, "", running(EVIL), null, null, next, Duration.ZERO));

        var outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(expected);
        assertThat(outcome.getBlocksWorkload()).isEqualTo(expected == Result.BLOCKED);
    }

    private static LiveInstance madeAnew(Template next) {
        return new LiveInstance(
                CART, "", running(EVIL), null, null, new LiveInstance.Next(next, List.of()), Duration.ZERO);
    }
}
