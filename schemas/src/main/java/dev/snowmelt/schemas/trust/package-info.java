/// Signatures: DSSE envelopes, keys in PEM, Ed25519.
@NullMarked
package dev.snowmelt.schemas.trust;

import org.jspecify.annotations.NullMarked;
