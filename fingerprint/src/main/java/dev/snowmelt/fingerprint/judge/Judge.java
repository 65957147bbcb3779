package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares what is declared with what is there.
public final class Judge {
    private Judge() {}

    /// Judges one instance.
    ///
    /// @param declaration what its workload must run; null or without revisions: nothing is declared
    /// @param undeclared what holds when nothing is declared
    /// @param template what its controller would create next; null: not known
    /// @param image what the platform says it runs
    /// @param contents what agents found inside; empty: no agent
    public static Judgement judge(
            @Nullable Declaration declaration,
            Undeclared undeclared,
            @Nullable Template template,
            ImageFacet image,
            List<ContentFacet> contents) {
        return new Judgement(Verdict.State.UNVERIFIED, List.of(), 0, 0);
    }

    /// Judges what a controller would create next.
    public static TemplateJudgement judgeTemplate(
            @Nullable Declaration declaration, Undeclared undeclared, @Nullable Template template) {
        return new TemplateJudgement(WorkloadVerdict.TemplateState.TEMPLATE_UNKNOWN, List.of());
    }
}
