package dev.snowmelt.remediator.execute;

import com.google.protobuf.Timestamp;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Revision;
import java.time.Instant;

/// Commands, declarations and live objects for tests: one workload, `cart`, whose container `app`
/// must run GOOD.
public final class Commands {
    public static final String GOOD = "sha256:" + "a".repeat(64);
    public static final String EVIL = "sha256:" + "e".repeat(64);
    public static final TargetId TARGET = TargetId.parse("k8s:test");
    public static final WorkloadId CART = WorkloadId.parse("k8s:test/shop/Deployment/cart");
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    public static final RemediationPolicy ENFORCE = RemediationPolicy.newBuilder()
            .setMode(RemediationPolicy.Mode.ENFORCE)
            .build();

    private Commands() {}

    public static InstanceId pod(int number) {
        return InstanceId.pod(TARGET, "shop", "cart-" + number, "uid-" + number);
    }

    /// Replace a pod of `cart` that runs EVIL, resting on revision 7, issued at noon for two
    /// minutes.
    public static Command replace(String id, InstanceId instance) {
        return Command.newBuilder()
                .setId(id)
                .setAction(Command.Action.REPLACE_INSTANCE)
                .setWorkload(CART.toString())
                .setInstance(instance.toString())
                .setRevision(7)
                .setAttempt(1)
                .setIssuedAt(timestamp(NOON))
                .setExpiresAt(timestamp(NOON.plusSeconds(120)))
                .addDrifts(drift(Drift.Kind.IMAGE_MISMATCH))
                .build();
    }

    private static Drift.Builder drift(Drift.Kind kind) {
        return Drift.newBuilder()
                .setKind(kind)
                .setSubject("app")
                .setDeclared(GOOD)
                .setObserved("registry.test/cart@" + EVIL);
    }

    /// Restore the template of `cart`, which names EVIL, resting on revision 7.
    public static Command restore(String id) {
        return replace(id, pod(1)).toBuilder()
                .setAction(Command.Action.RESTORE_TEMPLATE)
                .clearInstance()
                .clearDrifts()
                .addDrifts(drift(Drift.Kind.TEMPLATE_MISMATCH))
                .addRestore(declared())
                .build();
    }

    public static Order.Replace order(Command command) {
        return new Order.Replace(
                command, WorkloadId.parse(command.getWorkload()), InstanceId.parse(command.getInstance()));
    }

    public static DeclaredContainer declared() {
        return DeclaredContainer.newBuilder()
                .setName("app")
                .setType(DeclaredContainer.Type.APP)
                .setImage("registry.test/cart:1@" + GOOD)
                .build();
    }

    public static Declaration declaration(long revision, RemediationPolicy policy) {
        return Declaration.newBuilder()
                .setWorkload(CART.toString())
                .addRevisions(Revision.newBuilder()
                        .setNumber(revision)
                        .setSpec(DeclarationSpec.newBuilder()
                                .addContainers(declared())
                                .setRemediation(policy)))
                .build();
    }

    public static ImageFacet running(String digest) {
        return ImageFacet.newBuilder()
                .addContainers(ObservedContainer.newBuilder()
                        .setName("app")
                        .setType(ObservedContainer.Type.APP)
                        .setImage("registry.test/cart:1")
                        .setImageId("registry.test/cart@" + digest))
                .setPhase(ImageFacet.Phase.RUNNING)
                .setReady(true)
                .build();
    }

    public static LiveInstance live(String digest) {
        return new LiveInstance(CART, "100", running(digest), null);
    }

    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
