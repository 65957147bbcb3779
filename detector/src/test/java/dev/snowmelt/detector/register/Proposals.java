package dev.snowmelt.detector.register;

import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Removal;
import dev.snowmelt.v1.Resolution;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Rollback;
import dev.snowmelt.v1.Withdrawal;

/// Proposals that tests make.
final class Proposals {
    static final String CART = "k8s:prod-eu/shop/Deployment/cart";
    static final String TARGET = "k8s:prod-eu";

    private Proposals() {}

    static DeclarationSpec spec(int build) {
        return DeclarationSpec.newBuilder()
                .addContainers(DeclaredContainer.newBuilder()
                        .setName("cart")
                        .setImage("registry.example/shop/cart@sha256:%064x".formatted(build)))
                .build();
    }

    /// As large as a spec may be, give or take a hundred bytes.
    static Proposal declareLarge(String workload, int build) {
        var spec = DeclarationSpec.newBuilder();
        for (int container = 0; container < 7; container++) {
            var large = spec.addContainersBuilder().setName("c" + container);
            for (int digest = 0; digest < 255; digest++) {
                large.addDigests("sha256:%064x".formatted(build * 10_000 + digest));
            }
        }
        return proposal()
                .setDeclare(Declare.newBuilder().setWorkload(workload).setSpec(spec))
                .build();
    }

    static Proposal declare(String workload, int build) {
        return proposal().setDeclare(declaration(workload, build)).build();
    }

    static Proposal declareExpecting(String workload, int build, long expected) {
        return proposal()
                .setDeclare(declaration(workload, build).setExpectedRevision(expected))
                .build();
    }

    static Proposal rollback(String workload, long toRevision) {
        return proposal()
                .setRollback(Rollback.newBuilder().setWorkload(workload).setToRevision(toRevision))
                .build();
    }

    static Proposal removal(String workload) {
        return proposal().setRemoval(Removal.newBuilder().setWorkload(workload)).build();
    }

    static Proposal override(String target, Override.Kind kind, String subject) {
        return proposal()
                .setOverride(
                        Override.newBuilder().setTarget(target).setKind(kind).setSubject(subject))
                .build();
    }

    static Proposal withdrawal(String target, Override.Kind kind, String subject) {
        return proposal()
                .setWithdrawal(
                        Withdrawal.newBuilder().setTarget(target).setKind(kind).setSubject(subject))
                .build();
    }

    static Proposal resolution(String workload, long revision, ResolvedDigest resolved) {
        return proposal()
                .setResolution(Resolution.newBuilder()
                        .setWorkload(workload)
                        .setRevision(revision)
                        .setResolved(resolved))
                .build();
    }

    static ResolvedDigest resolved(int digest, boolean accepted) {
        return ResolvedDigest.newBuilder()
                .setContainer("cart")
                .setDigest("sha256:%064x".formatted(digest))
                .setAccepted(accepted)
                .setDetail("registry.example/shop/cart")
                .build();
    }

    private static Declare.Builder declaration(String workload, int build) {
        return Declare.newBuilder().setWorkload(workload).setSpec(spec(build));
    }

    private static Proposal.Builder proposal() {
        return Proposal.newBuilder().setBy("anna").setReason("release 1.4");
    }
}
