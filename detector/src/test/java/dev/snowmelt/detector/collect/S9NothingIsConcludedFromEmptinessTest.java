package dev.snowmelt.detector.collect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The collector's part of promise S9; that a list which fails has no END is in
/// [SnapshotTakerTest].
class S9NothingIsConcludedFromEmptinessTest {

    @ParameterizedTest
    @CsvSource({"100,50,true", "100,49,false", "100,0,false", "10,5,true", "10,4,false", "9,1,true", "9,0,false"})
    void believesNoSnapshotThatLostMoreThanHalf(long last, long seen, boolean believed) {
        assertThat(Believability.after(last).believes(seen)).isEqualTo(believed);
    }

    @Test
    void believesTheSecondSnapshotThatAgrees() {
        Believability doubting = Believability.after(100).next(3);

        assertThat(doubting.believes(3)).isTrue();
        assertThat(doubting.next(3)).isEqualTo(Believability.after(3));
    }

    @Test
    void doubtsAgainWhenTheSecondSnapshotSaysSomethingElse() {
        Believability doubting = Believability.after(100).next(40);

        assertThat(doubting.believes(0)).isFalse();
        assertThat(doubting.next(0).believes(40)).isFalse();
        assertThat(doubting.next(0).believes(0)).isTrue();
    }

    @Test
    void takesALongListAtItsWordAfterAShortOne() {
        Believability doubting = Believability.after(100).next(3);

        assertThat(doubting.believes(98)).isTrue();
        assertThat(doubting.next(98)).isEqualTo(Believability.after(98));
    }

    @Test
    void believesAnEmptyTargetOnlyTheSecondTime() {
        assertThat(Believability.UNKNOWN.believes(0)).isFalse();
        assertThat(Believability.UNKNOWN.next(0).believes(0)).isTrue();
        assertThat(Believability.UNKNOWN.believes(1)).isTrue();
    }

    @Test
    void remembersTheLastBelievableCountWhileItDoubts() {
        Believability doubting = Believability.after(100).next(0).next(20);

        assertThat(doubting.last()).hasValue(100);
        assertThat(doubting.believes(60)).isTrue();
    }
}
