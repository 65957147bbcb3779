package dev.snowmelt.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import java.util.Arrays;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ObservationHeaderTest {
    private static final ObservationHeader HEADER =
            new ObservationHeader(7, -2, Long.MAX_VALUE, 1_790_000_000_000L, Source.AGENT);

    @Test
    void survivesTheRecordsHeaders() {
        var headers = new RecordHeaders();

        HEADER.addTo(headers);

        assertThat(ObservationHeader.of(headers)).contains(HEADER);
    }

    @Test
    void singleFieldsAreReadWithoutTheRest() {
        byte[] bytes = HEADER.toBytes();

        assertThat(ObservationHeader.epoch(bytes)).isEqualTo(7);
        assertThat(ObservationHeader.snapshot(bytes)).isEqualTo(-2);
        assertThat(ObservationHeader.resourceVersion(bytes)).isEqualTo(Long.MAX_VALUE);
        assertThat(ObservationHeader.observedAtMillis(bytes)).isEqualTo(1_790_000_000_000L);
        assertThat(ObservationHeader.source(bytes)).isEqualTo(Source.AGENT);
    }

    /// The layout is a contract between processes of different versions.
    @Test
    void theLayoutIsFixed() {
        byte[] expected = new byte[33];
        expected[7] = 1;
        expected[15] = 2;
        expected[23] = 3;
        expected[31] = 4;
        expected[32] = 1;

        assertThat(new ObservationHeader(1, 2, 3, 4, Source.WATCH).toBytes()).isEqualTo(expected);
    }

    @Test
    void malformedBytesAreNone() {
        byte[] unknownSource = HEADER.toBytes();
        unknownSource[32] = 9;
        for (byte[] bytes : new byte[][] {new byte[0], Arrays.copyOf(HEADER.toBytes(), 32), unknownSource}) {
            var headers = new RecordHeaders();
            headers.add(ObservationHeader.NAME, bytes);

            assertThat(ObservationHeader.of(headers)).isEmpty();
        }
        assertThat(ObservationHeader.of(new RecordHeaders())).isEmpty();
    }
}
