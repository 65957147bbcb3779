/// `snowmelt demo`: a broker and a cluster in this process, snowflakes made in it, and the proof
/// that they were dealt with.
@NullMarked
package dev.snowmelt.cli.demo;

import org.jspecify.annotations.NullMarked;
