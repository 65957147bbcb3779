package dev.snowmelt.sources.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sources.Fixture;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Targets;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// As trees, these states would need several times the heap of the test's JVM (1 GiB).
class LargeStateTest {
    private static final String STATE = Fixture.text("terraform/aws-state.json");
    private static final String FIRST = "\"root_module\":{\"resources\":[";

    @Test
    void aStateOfManyOtherResourcesIsReadInASmallHeap() throws Exception {
        String record =
                "{\"address\":\"aws_route53_record.r\",\"mode\":\"managed\",\"type\":\"aws_route53_record\",\"name\":\"r\","
                        + "\"values\":{\"records\":[" + "\"10.0.0.1\",".repeat(60) + "\"10.0.0.2\"]}},";

        Found found = read(200_000, record);

        assertThat(found.declarations()).hasSize(5);
    }

    @Test
    void aStateOfOneLargeValueAndDeepTreesIsReadInASmallHeap() throws Exception {
        String workload =
                "{\"address\":\"kubernetes_job.j\",\"mode\":\"managed\",\"type\":\"kubernetes_job\",\"name\":\"j\","
                        + "\"values\":{\"user_data\":\"" + "x".repeat(20_000_000) + "\",\"spec\":" + "[".repeat(300)
                        + "]".repeat(300) + "}},";

        Found found = read(8, workload);

        assertThat(found.declarations()).hasSize(5);
        assertThat(found.remarks()).hasSize(8);
    }

    private static Found read(int times, String resource) throws Exception {
        int at = STATE.indexOf(FIRST) + FIRST.length();
        Stream<String> parts = Stream.concat(
                Stream.of(STATE.substring(0, at)),
                Stream.concat(IntStream.range(0, times).mapToObj(_ -> resource), Stream.of(STATE.substring(at))));
        var whole = new Parts(parts.iterator());
        return TerraformSource.read("f.json", whole, Targets.NONE, "default");
    }

    /// Never holds more than one part.
    private static final class Parts extends InputStream {
        private final Iterator<String> parts;
        private byte[] part = {};
        private int at;

        Parts(Iterator<String> parts) {
            this.parts = parts;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("byte by byte");
        }

        @Override
        public int read(byte[] into, int from, int length) {
            while (at == part.length) {
                if (!parts.hasNext()) {
                    return -1;
                }
                part = parts.next().getBytes(StandardCharsets.UTF_8);
                at = 0;
            }
            int some = Math.min(length, part.length - at);
            System.arraycopy(part, at, into, from, some);
            at += some;
            return some;
        }
    }
}
