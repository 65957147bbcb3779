package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Revision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryTest {
    @ParameterizedTest
    @CsvSource({
        // bytes of a spec, kept of 25
        "100, 20",
        "40000, 20",
        "50000, 17",
        "131000, 6",
        "600000, 2"
    })
    void keepsTheNewestRevisionsThatFitIntoOneRecord(int bytes, int kept) {
        Declaration fitting = History.fitting(declaration(bytes, 25));

        assertThat(numbers(fitting)).hasSize(kept).startsWith(25L, 24L);
        assertThat(fitting.getWorkload()).isEqualTo(CART);
        if (kept > History.LEAST_REVISIONS) {
            assertThat(fitting.getSerializedSize()).isLessThanOrEqualTo(History.BYTES);
        }
    }

    @Test
    void keepsAllThatFits() {
        Declaration small = declaration(1_000, 3);

        assertThat(History.fitting(small)).isSameAs(small);
    }

    private static Declaration declaration(int bytes, int revisions) {
        var declaration = Declaration.newBuilder().setWorkload(CART);
        for (int number = revisions; number > 0; number--) {
            declaration.addRevisions(Revision.newBuilder()
                    .setNumber(number)
                    .setSpec(DeclarationSpec.newBuilder()
                            .addContainers(DeclaredContainer.newBuilder().setName("x".repeat(bytes)))));
        }
        return declaration.build();
    }

    private static List<Long> numbers(Declaration declaration) {
        return declaration.getRevisionsList().stream().map(Revision::getNumber).toList();
    }
}
