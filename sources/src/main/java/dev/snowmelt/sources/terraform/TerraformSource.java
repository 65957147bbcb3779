package dev.snowmelt.sources.terraform;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Found.Remark;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.sources.SourceException;
import dev.snowmelt.sources.SourceException.Fault;
import dev.snowmelt.sources.Targets;
import dev.snowmelt.sources.manifest.ManifestSource;
import dev.snowmelt.v1.Declare;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Declares what a Terraform state or plan pins: Auto Scaling groups by the AMI of what they
/// launch, Kubernetes workloads by their containers' images. What it cannot tell is listed with the
/// resource's address.
public final class TerraformSource {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String file;
    private final Targets targets;
    private final String defaultNamespace;
    private final Show show;
    private final List<Declare> declarations = new ArrayList<>();
    private final List<Unresolved> unresolved = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();

    private TerraformSource(String file, Targets targets, String defaultNamespace, Show show) {
        this.file = file;
        this.targets = targets;
        this.defaultNamespace = defaultNamespace;
        this.show = show;
    }

    /// Reads what `terraform show -json` prints of a state or of a plan, as a stream.
    ///
    /// @param file its name, for faults
    /// @param in is closed
    /// @param targets the cluster of Kubernetes resources, and the account of groups that a plan
    /// will make
    /// @param defaultNamespace of Kubernetes resources that name none
    /// @throws SourceException with every fault
    public static Found read(String file, InputStream in, Targets targets, String defaultNamespace)
            throws IOException, SourceException {
        Show show = ShowReader.read(file, in);
        var source = new TerraformSource(file, targets, defaultNamespace, show);
        show.resources().stream().filter(resource -> !resource.data()).forEach(source::resource);
        return source.found();
    }

    private Found found() throws SourceException {
        if (faults.isEmpty() && declarations.isEmpty() && unresolved.isEmpty()) {
            faults.add(new Fault(
                    file,
                    "there is no workload among its " + show.count()
                            + " resources; Auto Scaling groups and Kubernetes workloads can be declared"));
        }
        if (!faults.isEmpty()) {
            throw new SourceException(faults);
        }
        return new Found(declarations, unresolved, remarks);
    }

    private void resource(Resource resource) {
        String place = file + ": " + resource.address();
        String kind = Types.WORKLOADS.get(resource.type());
        if (resource.type().equals(Types.GROUP)) {
            new Groups(show, targets, unresolved).declare(place, resource).ifPresent(each -> add(place, each));
        } else if (kind != null) {
            cluster(place)
                    .flatMap(target -> new ClusterResources(target, defaultNamespace, show.plan(), unresolved)
                            .declare(place, resource, kind))
                    .ifPresent(each -> add(place, each));
        } else if (resource.type().equals(Types.MANIFEST)) {
            manifest(place, resource);
        } else if (Types.REMARKABLE.containsKey(resource.type())) {
            remarks.add(new Remark(place, "is not declared: " + Types.REMARKABLE.get(resource.type())));
        }
    }

    private Optional<TargetId> cluster(String place) {
        if (targets.cluster().isEmpty()) {
            unresolved.add(
                    new Unresolved(place, "Terraform does not say which cluster it is in; add --target k8s:NAME"));
        } else if (show.clusters().size() > 1) {
            // One target cannot be right for all of them, and a workload of another cluster may bear the same name.
            unresolved.add(new Unresolved(
                    place,
                    "the plan has resources under " + show.clusters().size() + " Kubernetes providers ("
                            + String.join(", ", show.clusters())
                            + "), and --target names one cluster; declare each cluster from its own configuration, or"
                            + " from its manifests"));
            return Optional.empty();
        }
        return targets.cluster();
    }

    /// An object of the cluster, written as in its API.
    private void manifest(String place, Resource resource) {
        JsonNode manifest = resource.values().path("manifest");
        if (resource.hides("manifest") || anyTrue(resource.sensitive().path("manifest"))) {
            unresolved.add(new Unresolved(
                    place,
                    "its manifest is sensitive, and a declaration is read by everybody: mark it nonsensitive()"));
            return;
        }
        if (!manifest.isObject()) {
            unresolved.add(new Unresolved(
                    place, "its manifest is known only after the plan is applied; declare from the state then"));
            return;
        }
        cluster(place).ifPresent(target -> {
            var reading = new ManifestSource(target, defaultNamespace);
            reading.read(place, JSON.convertValue(manifest, Map.class));
            List<Fault> wrong = new ArrayList<>();
            Found found = reading.partial(wrong);
            if (show.plan()) {
                wrong.forEach(fault -> unresolved.add(new Unresolved(
                        fault.place(),
                        fault.message()
                                + "; if it is known only after the plan is applied, declare from the state then")));
            } else {
                faults.addAll(wrong);
            }
            found.declarations().forEach(each -> add(place, each));
            unresolved.addAll(found.unresolved());
            remarks.addAll(found.remarks());
        });
    }

    private static boolean anyTrue(JsonNode node) {
        return Resource.truth(node) || node.values().stream().anyMatch(TerraformSource::anyTrue);
    }

    private void add(String place, Declare declare) {
        String other = places.putIfAbsent(declare.getWorkload(), place);
        if (other == null) {
            declarations.add(declare);
        } else {
            faults.add(new Fault(place, declare.getWorkload() + " is in " + other + " too"));
        }
    }
}
