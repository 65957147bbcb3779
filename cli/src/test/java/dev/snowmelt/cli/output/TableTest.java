package dev.snowmelt.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void numbersStandRightAndTextsLeft() {
        var table = new Table("NAME", "COUNT").row("cart", 7).row("web-frontend", 1234);

        assertThat(table.lines(100))
                .containsExactly("NAME          COUNT", "cart              7", "web-frontend   1234");
    }

    @Test
    void theWidestColumnLosesItsMiddle() {
        var table = new Table("ID", "WHY").row("k8s:prod-eu/shop/Deployment/" + "c".repeat(100), "because");

        assertThat(table.lines(40)).allMatch(line -> line.length() <= 40);
        assertThat(table.lines(40).getLast()).startsWith("k8s:prod-eu/sho…").endsWith("ccc  because");
    }

    @Test
    void lineBreaksDoNotBreakRows() {
        assertThat(new Table("A").row("one\ntwo").lines(10)).containsExactly("A", "one two");
    }

    @Test
    void cellsMustFitTheHeadings() {
        assertThatThrownBy(() -> new Table("A", "B").row("one")).hasMessageContaining("1 cells for 2 headings");
    }
}
