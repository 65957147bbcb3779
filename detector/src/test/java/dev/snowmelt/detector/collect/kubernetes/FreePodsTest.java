package dev.snowmelt.detector.collect.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreePodsTest {
    private static final Object FIRST = new Object();
    private static final Object SECOND = new Object();
    private static final Object THIRD = new Object();

    private final FreePods pods = new FreePods(2);

    @Test
    void aPodThatLosesItsControllerIsNoticedOnce() {
        pods.exists("a", false, FIRST);

        boolean released = pods.changed("a", true);
        boolean again = pods.changed("a", true);

        assertThat(released).isTrue();
        assertThat(again).isFalse();
    }

    @Test
    void soIsOneThatIsAdopted() {
        pods.exists("a", true, FIRST);

        boolean adopted = pods.changed("a", false);
        boolean again = pods.changed("a", false);

        assertThat(adopted).isTrue();
        assertThat(again).isFalse();
    }

    @Test
    void onesThatNeverHadAControllerMayChangeAsTheyLike() {
        pods.exists("listed", true, FIRST);
        pods.exists("new", true, null);

        assertThat(pods.changed("listed", true)).isFalse();
        assertThat(pods.changed("new", true)).isFalse();
    }

    @Test
    void aListThatIsUnderWayHasNotToldAllYet() {
        pods.exists("a", true, FIRST);
        pods.exists("b", true, SECOND);

        assertThat(pods.changed("a", true)).isFalse();
    }

    @Test
    void whatTwoListsDoNotTellIsForgotten() {
        pods.exists("a", true, FIRST);
        pods.exists("b", true, SECOND);
        pods.exists("b", true, THIRD);

        assertThat(pods.changed("a", true)).isTrue();
    }

    @Test
    void nothingIsNoticedWhereThereAreTooMany() {
        pods.exists("a", true, FIRST);
        pods.exists("b", true, FIRST);
        pods.exists("c", true, FIRST);

        assertThat(pods.changed("c", true)).isFalse();
        assertThat(pods.changed("d", true)).isFalse();

        pods.exists("a", true, SECOND);
        pods.exists("a", true, THIRD);

        assertThat(pods.changed("d", true)).as("there are few again").isTrue();
    }

    @Test
    void oneThatIsGoneIsForgotten() {
        pods.exists("a", true, FIRST);

        pods.forget("a");

        assertThat(pods.changed("a", true)).isTrue();
    }
}
