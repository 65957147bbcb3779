package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.TopicProvisioning.Difference;
import dev.snowmelt.schemas.topic.TopicProvisioning.Differs;
import dev.snowmelt.schemas.topic.TopicProvisioning.NotTold;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;

class TopicsCommandTest {
    private static final List<Difference> REPLICAS = List.of(new Difference("replication.factor", "1", "3"));

    @Test
    void aDifferenceIsToleratedOnlyWhereEverySettingWasTold() {
        var seen = new Differs("snowmelt.verdicts", REPLICAS, true);
        var unseen = new Differs("snowmelt.verdicts", REPLICAS, false);

        assertThat(TopicsCommand.Create.counts(seen, true)).isFalse();
        assertThat(TopicsCommand.Create.counts(seen, false)).isTrue();
        assertThat(TopicsCommand.Create.counts(unseen, true)).isTrue();
        assertThat(TopicsCommand.Create.counts(new NotTold("snowmelt.verdicts", AclOperation.DESCRIBE_CONFIGS), true))
                .isTrue();
    }
}
