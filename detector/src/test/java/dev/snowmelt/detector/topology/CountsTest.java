package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Also of what is added to the message later.
class CountsTest {
    private static final Set<String> NO_COUNTS = Set.of("workload", "revision");
    private static final Set<String> CLEAN = Set.of("conformant", "undeclared");

    private static List<FieldDescriptor> counts() {
        return WorkloadCount.getDescriptor().getFields().stream()
                .filter(field -> !NO_COUNTS.contains(field.getName()))
                .toList();
    }

    private static WorkloadCount one(FieldDescriptor field) {
        Object value = field.getJavaType() == FieldDescriptor.JavaType.BOOLEAN ? (Object) true : (Object) 1;
        return WorkloadCount.newBuilder().setField(field, value).build();
    }

    @Test
    void addsEverythingThatIsCounted() {
        for (FieldDescriptor field : counts()) {
            var total = WorkloadCount.newBuilder();

            Counts.add(total, one(field));
            Counts.add(total, WorkloadCount.getDefaultInstance());

            assertThat(total.build()).as(field.getName()).isEqualTo(one(field));
        }
    }

    @Test
    void whatIsNotKnownToBeCleanIsADriftOrCannotBeTold() {
        for (FieldDescriptor field : counts()) {
            WorkloadCount count = one(field);

            assertThat(Counts.drifts(count) || Counts.untold(count))
                    .as(field.getName())
                    .isEqualTo(!CLEAN.contains(field.getName()));
        }
    }
}
