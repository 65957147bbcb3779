package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.ec2.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final Member WEB = new Member("web", "lt-0abc:1", "", true, false, false);
    private static final Member OLD = new Member("web", "lt-0abc:1", "", false, true, false);

    private final Members members = new Members();

    @Test
    void tellsStandaloneInstancesFromUnknownOnes() {
        members.put("i-0123456789abcdef0", null);
        members.put("i-0123456789abcdef1", WEB);

        assertThat(members.knows("i-0123456789abcdef0")).isTrue();
        assertThat(members.of("i-0123456789abcdef0")).isNull();
        assertThat(members.of("i-0123456789abcdef1")).isEqualTo(WEB);
        assertThat(members.knows("i-0123456789abcdef2")).isFalse();
        assertThat(members.of("i-0123456789abcdef2")).isNull();
    }

    @Test
    void whatWasSaidLastCounts() {
        members.put("i-01234567", WEB);
        members.put("i-01234567", OLD);
        members.put("i-01234567", null);

        assertThat(members.knows("i-01234567")).isTrue();
        assertThat(members.of("i-01234567")).isNull();
        assertThat(members.size()).isEqualTo(1);
    }

    @Test
    void keepsApartAnyIdsHoweverMany() {
        var random = new Random(11);
        Map<String, Member> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            // Ids of an emulator may begin with any digit.
            String id = i % 2 == 0
                    ? "i-0%016x".formatted(random.nextLong())
                    : "i-%x%016x".formatted(1 + random.nextInt(15), random.nextLong());
            Member member = new Member("g" + random.nextInt(100), "", "", true, false, false);
            expected.put(id, member);
            members.put(id, member);
        }

        assertThat(members.size()).isEqualTo(expected.size());
        expected.forEach((id, member) -> assertThat(members.of(id)).isEqualTo(member));
    }
}
