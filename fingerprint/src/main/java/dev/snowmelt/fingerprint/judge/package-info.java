/// The judgement: pure functions of a declaration, a template and what was observed. Imports nothing but the JDK and
/// the contracts.
@NullMarked
package dev.snowmelt.fingerprint.judge;

import org.jspecify.annotations.NullMarked;
