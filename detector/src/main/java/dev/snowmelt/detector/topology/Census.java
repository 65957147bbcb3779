package dev.snowmelt.detector.topology;

import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// What the stores of a task hold of a target or of some of its workloads, counted in one pass. The
/// views of workloads are left alone: a count goes through all of them, and must not push out those
/// that are in use.
final class Census {
    /// Instances that look different are compared up to so many looks of a workload.
    private static final int MOST_LOOKS = 64;

    /// One workload.
    static final class Workload {
        private final byte[] key;
        private final WorkloadCount.Builder count = WorkloadCount.newBuilder();
        private final List<byte[]> drifted = new ArrayList<>(0);
        private final Map<Long, byte[]> looks = new HashMap<>(2);
        private List<Drift> drifts = List.of();
        private boolean templateDrifts;

        private Workload(byte[] key) {
            this.key = key;
            count.setWorkload(Keys.text(key));
        }

        byte[] key() {
            return key;
        }

        WorkloadCount count() {
            return count.build();
        }

        /// Keys of its drifted and outdated instances, in order.
        List<byte[]> drifted() {
            return drifted;
        }

        /// Drifts of its own.
        List<Drift> drifts() {
            return drifts;
        }

        /// A template without a drift was found to have none when it or its declaration changed
        /// last: most need no second look.
        private void template(WorkloadState state) {
            long finding = state.templateFinding();
            templateDrifts = finding != TemplateState.MATCHING_VALUE && finding != TemplateState.TEMPLATE_UNKNOWN_VALUE;
        }

        private void add(byte[] instanceKey, Verdict.State verdict, byte[] stored) {
            switch (verdict) {
                case CONFORMANT -> count.setConformant(count.getConformant() + 1);
                case OUTDATED -> {
                    count.setOutdated(count.getOutdated() + 1);
                    drifted.add(instanceKey);
                }
                case DRIFTED -> {
                    count.setDrifted(count.getDrifted() + 1);
                    drifted.add(instanceKey);
                }
                case UNDECLARED -> count.setUndeclared(count.getUndeclared() + 1);
                case UNVERIFIED, STATE_UNSPECIFIED, UNRECOGNIZED -> count.setUnverified(count.getUnverified() + 1);
            }
            if (looks.size() < MOST_LOOKS) {
                looks.putIfAbsent(InstanceState.imagesIn(stored), stored);
            }
        }
    }

    /// What the workload's instances are judged by.
    record Context(
            @Nullable Declaration declaration, @Nullable WorkloadStatus status) {
        @Nullable Template template() {
            return status == null || !status.hasTemplate() ? null : status.getTemplate();
        }
    }

    private final DetectorTask task;
    private final NavigableMap<String, Workload> workloads = new TreeMap<>();
    private final List<String> unseen = new ArrayList<>(0);
    private byte[] lastKey = new byte[0];
    private @Nullable Workload last;

    private Census(DetectorTask task) {
        this.task = task;
    }

    /// All of a target.
    static Census of(DetectorTask task, TargetView target) {
        var census = new Census(task);
        census.read(target.prefix());
        census.readStatuses(target.prefix());
        census.task.stores().eachDeclaration(target.prefix(), census::declared);
        census.judgeWorkloads();
        return census;
    }

    /// Some workloads; those that nobody has seen are not in it.
    static Census of(DetectorTask task, Collection<String> workloads) {
        var census = new Census(task);
        for (String workload : workloads) {
            byte[] key = Keys.utf8(workload);
            census.read(Keys.instancesOf(key));
            byte[] declaration = task.stores().declarations().get(Bytes.wrap(key));
            WorkloadState state = task.stores().workload(key);
            if (state != null && !state.gone()) {
                census.workload(key).template(state);
            }
            if (declaration != null) {
                census.declared(key, declaration);
            }
        }
        census.judgeWorkloads();
        return census;
    }

    private void read(byte[] instances) {
        task.stores().eachStoredInstance(instances, (key, stored) -> {
            Verdict.State verdict = InstanceState.verdictIn(stored);
            if (verdict != null) {
                workloadOf(key).add(key, verdict, stored);
            }
        });
    }

    private void readStatuses(byte[] prefix) {
        task.stores().eachWorkload(prefix, (key, state) -> {
            if (!state.gone()) {
                workload(key).template(state);
            }
        });
    }

    /// After all that was seen of the workload.
    private void declared(byte[] key, byte[] declaration) {
        long revision = Declarations.newestRevision(declaration);
        String name = Keys.text(key);
        Workload seen = workloads.get(name + "|");
        if (seen != null) {
            seen.count.setRevision(revision);
        } else if (revision > 0) {
            unseen.add(name);
        }
    }

    private Workload workloadOf(byte[] instanceKey) {
        Workload known = last;
        if (known != null && Keys.startsWith(instanceKey, lastKey)) {
            return known;
        }
        byte[] key = Keys.workloadIn(instanceKey);
        Workload found = workload(key);
        last = found;
        lastKey = Keys.instancesOf(key);
        return found;
    }

    /// Sorted as the keys of their instances are.
    private Workload workload(byte[] key) {
        return workloads.computeIfAbsent(Keys.text(key) + "|", _ -> new Workload(key));
    }

    private void judgeWorkloads() {
        for (Workload workload : workloads.values()) {
            if (workload.drifts.isEmpty()) {
                List<Drift> found = drifts(workload);
                // A digest that is not told yet is no drift.
                workload.drifts = found.stream()
                        .filter(drift -> drift.getKind() != Drift.Kind.IMAGE_UNRESOLVED)
                        .toList();
                workload.count
                        .setDrifts(!workload.drifts.isEmpty())
                        .setTemplatesUnresolved(found.size() > workload.drifts.size() ? 1 : 0);
                workload.looks.clear();
            }
        }
    }

    private List<Drift> drifts(Workload workload) {
        if (!workload.templateDrifts && workload.looks.size() < 2) {
            return List.of();
        }
        Context context = context(workload.key);
        var drifts = new ArrayList<>(
                Judge.judgeTemplate(context.declaration(), task.settings().rules(), context.template())
                        .drifts());
        // Replicas that look the same cannot be split.
        if (workload.looks.size() > 1) {
            var cohorts = new Cohorts();
            workload.looks
                    .values()
                    .forEach(
                            look -> cohorts.look(ImageBytes.stored(image(look))).makeup().instances++);
            drifts.addAll(cohorts.count().splits(context.declaration()));
        }
        return drifts;
    }

    private static byte[] image(byte[] stored) {
        return Objects.requireNonNull(InstanceState.read(stored)).image;
    }

    /// What a workload's instances are judged by now.
    Context context(byte[] workload) {
        WorkloadState state = task.stores().workload(workload);
        return new Context(
                WorkloadViews.declaration(task.stores().declarations().get(Bytes.wrap(workload))),
                state == null || state.gone() ? null : Observations.status(state.observation()));
    }

    /// Declared workloads that nobody has seen, in no order.
    List<String> unseen() {
        return unseen;
    }

    /// In the order of their instances' keys.
    Collection<Workload> workloads() {
        return workloads.values();
    }

    /// Some of them, in the same order; those that are not known are left out.
    List<Workload> workloads(Collection<String> some) {
        return some.stream()
                .map(workload -> workload + "|")
                .distinct()
                .sorted()
                .map(workloads::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /// How a key compares with another, by its bytes.
    static int compare(byte[] key, byte[] other) {
        return Arrays.compareUnsigned(key, other);
    }
}
