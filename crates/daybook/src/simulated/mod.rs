//! The simulator as a server on the loopback: a Stripe to read from and to be called by, in this process. What it answers is
//! the simulator's; here are its sockets, its clock and its errands.

mod clock;
mod control;
mod deliverer;
mod face;
mod served;
pub(crate) mod truth;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use simulator::Stripe;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub(crate) use self::clock::Clock;
pub(crate) use self::deliverer::Posted;
use self::served::Served;

/// Threads that answer: each answer is quick, and they wait on one lock.
const THREADS: usize = 2;

/// How a simulation is served.
pub(crate) struct Setting {
    /// Where it listens; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// Its clock.
    pub(crate) clock: Clock,
    /// Whether answers come at once instead of taking their time.
    pub(crate) is_prompt: bool,
}

/// A simulated Stripe that answers until it is dropped.
pub(crate) struct Simulated {
    served: Arc<Served>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Simulated {
    /// Listens, answers, and posts what is due.
    pub(crate) fn start(stripe: Stripe, setting: Setting) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("simulated")
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(setting.listen))?;
        let address = listener.local_addr()?;
        let served = Arc::new(Served::new(stripe, setting));
        runtime.spawn(face::answer_all(listener, Arc::clone(&served)));
        runtime.spawn(deliverer::post_when_due(Arc::clone(&served)));
        Ok(Self {
            served,
            address,
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The virtual instant, microseconds since 1970.
    pub(crate) fn now_us(&self) -> i64 {
        self.served.clock().now_us()
    }

    /// Moves its clock on, with all that is due meanwhile posted and answered; what was posted so far.
    pub(crate) fn push_to(&self, at_us: i64) -> Posted {
        self.runtime().block_on(self.served.push_to(at_us));
        self.served.posted()
    }

    /// Changes what is served from now on.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Stripe)) {
        change(&mut self.served.stripe());
    }

    /// Waits for something else, as this server goes on.
    pub(crate) fn block_on<T>(&self, other: impl Future<Output = T>) -> T {
        self.runtime().block_on(other)
    }

    fn runtime(&self) -> &Runtime {
        let runtime = self.runtime.as_ref();
        runtime.expect("it is there until this is dropped")
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
