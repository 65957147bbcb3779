package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.InstanceGone;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.ScanCut;
import dev.snowmelt.v1.SnapshotBegin;
import dev.snowmelt.v1.SnapshotEnd;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.ToldBefore;
import dev.snowmelt.v1.TouchFacet;
import dev.snowmelt.v1.WorkloadGone;
import dev.snowmelt.v1.WorkloadStatus;
import java.util.List;

/// Messages of a small cluster: workloads with one container `app`, whose images differ in one
/// letter.
final class Sample {
    static final String TARGET = "k8s:test";
    static final String CART = workload("cart");
    static final String WEB = workload("web");

    /// What pods name in their spec.
    static final String TAGGED = "harbor.local/shop/app:1";

    private Sample() {}

    static String workload(String name) {
        return TARGET + "/shop/Deployment/" + name;
    }

    static String workloadOf(String target, String name) {
        return target + "/shop/Deployment/" + name;
    }

    /// The n-th pod of a workload.
    static String pod(String workload, int n) {
        int slash = workload.indexOf('/');
        String name = workload.substring(workload.lastIndexOf('/') + 1) + "-" + n;
        return workload.substring(0, slash) + "/shop/pod/" + name + "/uid-" + name;
    }

    static String digest(char letter) {
        return "sha256:" + String.valueOf(letter).repeat(64);
    }

    static String image(char letter) {
        return "harbor.local/shop/app@" + digest(letter);
    }

    static ObservedContainer container(String name, char letter) {
        return ObservedContainer.newBuilder()
                .setName(name)
                .setType(ObservedContainer.Type.APP)
                .setImage(TAGGED)
                .setImageId(image(letter))
                .build();
    }

    static ImageFacet facet(char letter) {
        return ImageFacet.newBuilder()
                .setCreated(Timestamps.fromSeconds(1_790_000_000))
                .setNode("node-1")
                .setTemplate("t1")
                .setReady(true)
                .setPhase(ImageFacet.Phase.RUNNING)
                .addContainers(container("app", letter))
                .build();
    }

    static Observation observed(String instance, ImageFacet facet) {
        return Observation.newBuilder()
                .setInstance(InstanceObserved.newBuilder().setInstance(instance).setImage(facet))
                .build();
    }

    static Observation observed(String instance, char letter) {
        return observed(instance, facet(letter));
    }

    static Observation content(String instance, String container, String root, String... differences) {
        var content = ContentFacet.newBuilder().setContainer(container).setBaselineRoot(root);
        for (String difference : differences) {
            content.addDifferencesBuilder().setSubject(difference).setFound("x");
        }
        content.setRoot(differences.length == 0 ? root : "other");
        return Observation.newBuilder()
                .setInstance(InstanceObserved.newBuilder().setInstance(instance).setContent(content))
                .build();
    }

    static Observation touched(String instance, long atMillis) {
        return Observation.newBuilder()
                .setInstance(InstanceObserved.newBuilder()
                        .setInstance(instance)
                        .setTouch(TouchFacet.newBuilder()
                                .setKind(TouchFacet.Kind.EXEC)
                                .setAt(Timestamps.fromMillis(atMillis))))
                .build();
    }

    static Observation gone(String instance) {
        return Observation.newBuilder()
                .setInstanceGone(InstanceGone.newBuilder().setInstance(instance))
                .build();
    }

    static Observation status(String workload, int desired, int ready, String image) {
        return Observation.newBuilder()
                .setWorkload(WorkloadStatus.newBuilder()
                        .setWorkload(workload)
                        .setDesired(desired)
                        .setReady(ready)
                        .setTemplate(Template.newBuilder()
                                .setId("t1")
                                .addContainers(Template.Container.newBuilder()
                                        .setName("app")
                                        .setType(ObservedContainer.Type.APP)
                                        .setImage(image))))
                .build();
    }

    static Observation workloadGone(String workload) {
        return Observation.newBuilder()
                .setWorkloadGone(WorkloadGone.newBuilder().setWorkload(workload))
                .build();
    }

    /// @param instance empty: of the workload as a whole
    static Observation toldBefore(String instance) {
        return Observation.newBuilder()
                .setToldBefore(ToldBefore.newBuilder().setInstance(instance))
                .build();
    }

    static Observation begin(String target) {
        return Observation.newBuilder()
                .setBegin(SnapshotBegin.newBuilder().setTarget(target))
                .build();
    }

    static Observation end(String target, long records, long instances, boolean believable) {
        return Observation.newBuilder()
                .setEnd(SnapshotEnd.newBuilder()
                        .setTarget(target)
                        .setRecordsOnPartition(records)
                        .setInstances(instances)
                        .setBelievable(believable)
                        .setCollector("test"))
                .build();
    }

    static Observation cut(String target, long snapshot, ScanCut.Asked... scans) {
        return Observation.newBuilder()
                .setScanCut(ScanCut.newBuilder()
                        .setTarget(target)
                        .setSnapshot(snapshot)
                        .setCollector("test")
                        .addAllScans(List.of(scans)))
                .build();
    }

    static ScanCut.Asked scan(String id, String... workloads) {
        return ScanCut.Asked.newBuilder()
                .setScan(id)
                .addAllWorkloads(List.of(workloads))
                .build();
    }

    /// Newest first; numbers descend to 1.
    static Declaration declaration(String workload, char... letters) {
        var declaration = Declaration.newBuilder().setWorkload(workload);
        for (int i = 0; i < letters.length; i++) {
            declaration.addRevisions(
                    Revision.newBuilder().setNumber(letters.length - i).setSpec(spec(letters[i])));
        }
        return declaration.build();
    }

    /// With a content baseline.
    static Declaration baked(String workload, char... letters) {
        var declaration = declaration(workload, letters).toBuilder();
        declaration
                .getRevisionsBuilderList()
                .forEach(revision ->
                        revision.getSpecBuilder().getContainersBuilder(0).setBaselineRoot("root"));
        return declaration.build();
    }

    private static DeclarationSpec spec(char letter) {
        return DeclarationSpec.newBuilder()
                .addContainers(DeclaredContainer.newBuilder()
                        .setName("app")
                        .setType(DeclaredContainer.Type.APP)
                        .setImage(image(letter)))
                .setRemediation(RemediationPolicy.newBuilder().setMode(RemediationPolicy.Mode.ENFORCE))
                .build();
    }
}
