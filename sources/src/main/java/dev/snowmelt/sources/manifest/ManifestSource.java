package dev.snowmelt.sources.manifest;

import dev.snowmelt.fingerprint.kubernetes.WorkloadFingerprint;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Containers;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Found.Remark;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.sources.SourceException;
import dev.snowmelt.sources.SourceException.Fault;
import dev.snowmelt.v1.Declare;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// Declares what rendered Kubernetes manifests would create: Deployments, StatefulSets, DaemonSets,
/// bare ReplicaSets and bare Pods. Other objects are passed over, with a remark when they run
/// containers.
///
/// Templates are read by the code that reads them from a cluster ([WorkloadFingerprint]).
public final class ManifestSource {
    /// Bytes of one file, which is held as a tree. The manifests of a large cluster are some MiB.
    public static final int LIMIT = 32 << 20;

    private static final Set<String> CONTROLLERS =
            Set.of(WorkloadId.DEPLOYMENT, WorkloadId.STATEFUL_SET, WorkloadId.DAEMON_SET, WorkloadId.REPLICA_SET);
    /// Groups that once had these kinds. All were removed by Kubernetes 1.16.
    private static final Set<String> FORMER = Set.of("apps/v1beta1", "apps/v1beta2", "extensions/v1beta1");

    private static final KubernetesSerialization MODEL = new KubernetesSerialization(new ObjectMapper(), false);

    private final TargetId target;
    private final String defaultNamespace;
    private final List<Declare> declarations = new ArrayList<>();
    private final List<Unresolved> unresolved = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<WorkloadId, String> places = new HashMap<>();
    private final TreeSet<String> passedOver = new TreeSet<>();
    private final List<String> files = new ArrayList<>();

    /// @param target the cluster that the manifests are applied to
    /// @param defaultNamespace for objects that name none
    public ManifestSource(TargetId target, String defaultNamespace) {
        this.target = target;
        this.defaultNamespace = defaultNamespace;
    }

    /// Reads one file. What is wrong with it is told by [#found], together with the faults of all
    /// others.
    ///
    /// @param file its name, for faults
    public void read(String file, String text) {
        files.add(file);
        if (text.length() > LIMIT) {
            faults.add(new Fault(file, "is larger than " + (LIMIT >> 20) + " MiB; split it"));
            return;
        }
        int before = faults.size();
        List<YamlDocument> documents = YamlText.documents(file, text, faults);
        if (faults.size() == before && documents.stream().allMatch(YamlDocument::empty)) {
            faults.add(new Fault(file, "holds no Kubernetes object; nothing is concluded from an empty file"));
        }
        for (YamlDocument document : documents) {
            if (document.tree() != null) {
                object(place(file, document, documents.size()), document.tree());
            }
        }
    }

    /// Reads one object that another source holds.
    ///
    /// @param place where it stands there
    /// @param tree maps, lists and scalars
    public void read(String place, Map<?, ?> tree) {
        files.add(place);
        object(place, tree);
    }

    /// All that was found.
    ///
    /// @throws SourceException with every fault of every file, or when there was no workload in any
    /// of them
    public Found found() throws SourceException {
        if (faults.isEmpty() && declarations.isEmpty() && unresolved.isEmpty()) {
            faults.add(new Fault(
                    files.size() == 1 ? files.getFirst() : files.size() + " files",
                    "there is no workload in " + (files.size() == 1 ? "it" : "them")
                            + (passedOver.isEmpty() ? "" : ", only " + String.join(", ", passedOver))
                            + "; Deployments, StatefulSets, DaemonSets, ReplicaSets and Pods can be declared"));
        }
        if (!faults.isEmpty()) {
            throw new SourceException(faults);
        }
        return new Found(declarations, unresolved, remarks);
    }

    /// What was found, without a word about there being nothing: for a source that holds more than
    /// manifests.
    ///
    /// @param into gets the faults
    public Found partial(List<Fault> into) {
        into.addAll(faults);
        return new Found(declarations, unresolved, remarks);
    }

    private static String place(String file, YamlDocument document, int documents) {
        return file
                + (documents == 1 ? "" : " document " + document.number())
                + (document.source().isEmpty() ? "" : " (" + document.source() + ")");
    }

    private void object(String place, Object tree) {
        if (!(tree instanceof Map<?, ?> fields)) {
            faults.add(new Fault(place, "is no Kubernetes object: it must be keys and values"));
            return;
        }
        var object = KubernetesObject.of(fields);
        if (object.kind().isEmpty() || object.apiVersion().isEmpty()) {
            faults.add(new Fault(place, "is no Kubernetes object: 'apiVersion' and 'kind' must be texts"));
        } else if (object.kind().endsWith("List") && fields.get("items") instanceof List<?> items) {
            list(place, object, items);
        } else if (CONTROLLERS.contains(object.kind()) && known(place, object)) {
            controller(place, object);
        } else if (object.kind().equals("Pod") && object.apiVersion().equals("v1")) {
            pod(place, object);
        } else {
            passOver(place, object);
        }
    }

    /// `kind: List` of kubectl, and the typed lists of the API, whose items leave out what all have
    /// in common.
    private void list(String place, KubernetesObject list, List<?> items) {
        String kind = list.kind().substring(0, list.kind().length() - "List".length());
        for (int i = 0; i < items.size(); i++) {
            Object item = items.get(i);
            if (item instanceof Map<?, ?> fields && !kind.isEmpty() && !fields.containsKey("kind")) {
                Map<Object, @Nullable Object> whole = new HashMap<>(fields);
                whole.put("kind", kind);
                whole.putIfAbsent("apiVersion", list.apiVersion());
                item = whole;
            }
            object(place + ": items[" + i + "]", item == null ? List.of() : item);
        }
    }

    /// True for apps/v1. Custom resources may have a kind of the same name.
    private boolean known(String place, KubernetesObject object) {
        if (FORMER.contains(object.apiVersion())) {
            faults.add(new Fault(
                    place + ": apiVersion",
                    object.apiVersion() + " is gone since Kubernetes 1.16; write apps/v1 for this " + object.kind()));
            return false;
        }
        if (object.group().equals("apps") && !object.apiVersion().equals("apps/v1")) {
            faults.add(new Fault(place + ": apiVersion", "must be apps/v1, not " + object.apiVersion()));
            return false;
        }
        return object.apiVersion().equals("apps/v1");
    }

    private void controller(String place, KubernetesObject object) {
        if (!object.owned()) {
            declare(place, object, object.kind(), "spec.template", object.at("spec", "template"));
        }
    }

    private void pod(String place, KubernetesObject object) {
        if (!object.owned()) {
            // A pod is its own template.
            declare(place, object, WorkloadId.STANDALONE, "", object.fields());
        }
    }

    private void declare(
            String place, KubernetesObject object, String kind, String templatePath, @Nullable Object template) {
        if (object.hook()) {
            remarks.add(new Remark(place, object + " is a Helm hook: it does not stay, so it is not declared"));
            passedOver.add(object.kind() + " (hook)");
            return;
        }
        int before = faults.size();
        var checks = new TemplateChecks(place, faults);
        Optional<WorkloadId> workload = workload(place, object, kind);
        checks.podSpec(
                templatePath.isEmpty() ? "spec" : templatePath + ".spec",
                KubernetesObject.map(template).get("spec"));
        if (faults.size() > before || workload.isEmpty()) {
            return;
        }
        String other = places.putIfAbsent(workload.get(), place);
        if (other != null) {
            faults.add(new Fault(place, workload.get() + " is in " + other + " too"));
            return;
        }
        convert(place, templatePath, template)
                .ifPresent(read ->
                        declarations.add(Containers.declare(workload.get(), WorkloadFingerprint.template(read, ""))));
    }

    private Optional<PodTemplateSpec> convert(String place, String templatePath, @Nullable Object template) {
        Map<?, ?> fields = KubernetesObject.map(template);
        try {
            // Metadata says nothing about images, and a pod's differs from a template's.
            return Optional.of(MODEL.convertValue(
                    Map.of("spec", KubernetesObject.map(fields.get("spec"))), PodTemplateSpec.class));
        } catch (IllegalArgumentException e) {
            String within = e.getCause() instanceof JacksonException cause ? within(cause) : "";
            faults.add(new Fault(
                    place + ": " + (templatePath.isEmpty() ? "" : templatePath + ".") + "spec" + within,
                    "is of a type that Kubernetes does not take there"));
            return Optional.empty();
        }
    }

    /// The way below the template's specification.
    private static String within(JacksonException e) {
        var path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            path.append(step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName());
        }
        return path.substring(path.indexOf(".spec") == 0 ? ".spec".length() : 0);
    }

    private Optional<WorkloadId> workload(String place, KubernetesObject object, String kind) {
        Object name = object.metadata().get("name");
        if (name == null && object.metadata().containsKey("generateName")) {
            unresolved.add(new Unresolved(
                    place,
                    "the API server will make up the name ('generateName'); name it, or declare it when it runs"));
            return Optional.empty();
        }
        Object namespace = object.metadata().get("namespace");
        boolean named = text(place + ": metadata.name", name);
        boolean placed = namespace == null || text(place + ": metadata.namespace", namespace);
        if (!named || !placed) {
            return Optional.empty();
        }
        try {
            String in = KubernetesObject.text(namespace);
            return Optional.of(
                    new WorkloadId(target, in.isEmpty() ? defaultNamespace : in, kind, KubernetesObject.text(name)));
        } catch (MalformedIdException e) {
            faults.add(new Fault(place + ": metadata", String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private boolean text(String place, @Nullable Object value) {
        if (value instanceof String text && !text.isBlank()) {
            return true;
        }
        faults.add(new Fault(place, "must be a text"));
        return false;
    }

    /// Whatever else runs containers is worth a word: a Job, a Rollout of Argo.
    private void passOver(String place, KubernetesObject object) {
        passedOver.add(object.kind());
        boolean runs = object.at("spec", "template", "spec", "containers") != null
                || object.at("spec", "jobTemplate", "spec", "template", "spec", "containers") != null;
        if (runs) {
            remarks.add(new Remark(place, object + " is not declared: Snowmelt does not watch this kind"));
        }
    }
}
