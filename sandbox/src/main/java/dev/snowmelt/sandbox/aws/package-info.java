/// An AWS account with nothing installed but moto: the emulator as a child process, a fleet to put
/// into it, and a proxy that makes calls fail.
@NullMarked
package dev.snowmelt.sandbox.aws;

import org.jspecify.annotations.NullMarked;
