package dev.snowmelt.schemas.id;

/// Key of `verdicts` and `remediations`: `workload|instance`, `workload|` for the workload as a whole, and in
/// `verdicts` alone `target||partition`.
public sealed interface SubjectKey {
    /// The target that decides the partition.
    TargetId target();

    /// An instance of a workload.
    record OfInstance(WorkloadId workload, InstanceId instance) implements SubjectKey {
        @Override
        public TargetId target() {
            return workload.target();
        }

        @Override
        public String toString() {
            return workload + "|" + instance;
        }
    }

    /// A workload as a whole.
    record OfWorkload(WorkloadId workload) implements SubjectKey {
        @Override
        public TargetId target() {
            return workload.target();
        }

        @Override
        public String toString() {
            return workload + "|";
        }
    }

    /// What one partition of `observations` says of the last snapshot of a target.
    record OfSnapshot(TargetId target, int partition) implements SubjectKey {
        @Override
        public String toString() {
            return target + "||" + partition;
        }
    }

    /// @throws MalformedIdException when the text is none of the three
    static SubjectKey parse(String text) {
        int bar = text.indexOf('|');
        if (bar < 0) {
            throw new MalformedIdException(text, "a key such as 'workload|instance' or 'workload|'");
        }
        String left = text.substring(0, bar);
        String right = text.substring(bar + 1);
        if (right.isEmpty()) {
            return new OfWorkload(WorkloadId.parse(left));
        }
        if (right.charAt(0) == '|') {
            try {
                return new OfSnapshot(TargetId.parse(left), Integer.parseInt(right.substring(1)));
            } catch (NumberFormatException _) {
                throw new MalformedIdException(text, "a key such as 'target||7'");
            }
        }
        return new OfInstance(WorkloadId.parse(left), InstanceId.parse(right));
    }
}
