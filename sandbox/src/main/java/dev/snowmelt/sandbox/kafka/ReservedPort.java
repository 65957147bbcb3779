package dev.snowmelt.sandbox.kafka;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;

/// A TCP port of the loopback address that stays ours while nothing listens on it.
///
/// A broker's port must be known before it starts (it is written into every node's settings) and must still be free
/// when it
/// comes back after a stop. A socket that is bound but does not listen does that on Linux: other programs cannot take
/// the
/// port, connections to it are refused, and a listener with `SO_REUSEADDR` may still be opened on it, even by a child
/// process.
/// Elsewhere such a socket would be in the listener's way, so the port is only looked up there and then let go.
final class ReservedPort implements Closeable {

    private static final boolean HELD_WHILE_LISTENING =
            System.getProperty("os.name", "").startsWith("Linux");

    private final Socket reservation;
    private final InetSocketAddress address;

    /// @param wanted a port number, or 0 for any free one
    static ReservedPort of(int wanted) {
        var socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), wanted));
            var address = new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
            if (!HELD_WHILE_LISTENING) {
                socket.close();
            }
            return new ReservedPort(socket, address);
        } catch (IOException e) {
            closeQuietly(socket);
            throw taken(wanted, e);
        }
    }

    private ReservedPort(Socket reservation, InetSocketAddress address) {
        this.reservation = reservation;
        this.address = address;
    }

    int number() {
        return address.getPort();
    }

    /// `127.0.0.1:PORT`
    String hostAndPort() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /// Opens a listener here. It does not block, because Kafka's acceptor would hang in a blocking one.
    ServerSocketChannel listen() {
        try {
            var channel = ServerSocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.bind(address);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw taken(number(), e);
        }
    }

    @Override
    public void close() {
        closeQuietly(reservation);
    }

    private static BrokerStartException taken(int port, IOException e) {
        return new BrokerStartException("Port " + port + " of 127.0.0.1 cannot be bound: " + e.getMessage() + ".", e);
    }

    /// Closing a socket that carries no data cannot lose any.
    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nothing to rescue
        }
    }
}
