//! Who is connected, and who has to leave when there are too many: whoever has kept us waiting longest for a head or a body. A
//! delivery that has come whole is never sent away. Knows nothing of what is said.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

const UNPOISONED: &str = "nothing that panics runs while the lock is held";

/// How many may be there, and what the unfinished bodies of all may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) connections_max: usize,
    pub(super) bytes_max: usize,
}

/// All connections.
pub(super) struct Crowd {
    room: Room,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Orders the waiting: who began to wait first is first.
    next: u64,
    open: usize,
    bytes: usize,
    sent_away: u64,
    waiting: BTreeMap<u64, Waiting>,
}

/// A connection of which something is expected.
struct Waiting {
    leave: Arc<Notify>,
    /// What it holds of a body.
    bytes: usize,
}

/// One connection's place; dropped, it is free.
pub(super) struct Guest {
    crowd: Arc<Crowd>,
    leave: Arc<Notify>,
    place: Mutex<Place>,
}

struct Place {
    /// Where it is among the waiting, while it waits.
    waits: Option<u64>,
    bytes: usize,
}

/// There is no room for more, and nobody who could be sent away.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Crowd {
    pub(super) fn new(room: Room) -> Arc<Self> {
        Arc::new(Self {
            room,
            state: Mutex::default(),
        })
    }

    /// A place for a connection that has just come.
    pub(super) fn enter(self: &Arc<Self>) -> Result<Guest, Full> {
        let leave = Arc::new(Notify::new());
        let mut state = self.lock();
        if state.open >= self.room.connections_max {
            state.send_away(|_| true)?;
        }
        state.open += 1;
        let waits = state.wait(&leave, 0);
        drop(state);
        Ok(Guest {
            crowd: Arc::clone(self),
            leave,
            place: Mutex::new(Place {
                waits: Some(waits),
                bytes: 0,
            }),
        })
    }

    /// How many are there.
    pub(super) fn open(&self) -> usize {
        self.lock().open
    }

    /// How many were sent away so far.
    pub(super) fn sent_away(&self) -> u64 {
        self.lock().sent_away
    }

    /// Sends one away to make room that the system lacks; whether there was one.
    pub(super) fn thin_out(&self) -> bool {
        self.lock().send_away(|_| true).is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

impl State {
    fn wait(&mut self, leave: &Arc<Notify>, bytes: usize) -> u64 {
        let place = self.next;
        self.next += 1;
        let leave = Arc::clone(leave);
        self.waiting.insert(place, Waiting { leave, bytes });
        place
    }

    /// Tells the first of those waiting who are `eligible` to leave.
    fn send_away(&mut self, eligible: impl Fn(&Waiting) -> bool) -> Result<(), Full> {
        let mut waiting = self.waiting.iter();
        let place = waiting.find_map(|(place, waiting)| eligible(waiting).then_some(*place));
        let gone = place
            .and_then(|place| self.waiting.remove(&place))
            .ok_or(Full)?;
        gone.leave.notify_one();
        self.sent_away += 1;
        Ok(())
    }
}

impl Guest {
    /// Ends when it is told to leave.
    pub(super) async fn is_sent_away(&self) {
        self.leave.notified().await;
    }

    /// It has said something: it waits again, from now on.
    pub(super) fn waits(&self) {
        let mut place = self.place.lock().expect(UNPOISONED);
        let mut state = self.crowd.lock();
        state.bytes -= std::mem::take(&mut place.bytes);
        let had_to_leave = place
            .waits
            .is_some_and(|at| state.waiting.remove(&at).is_none());
        // Whoever was told to leave is not asked back.
        place.waits = (!had_to_leave).then(|| state.wait(&self.leave, 0));
    }

    /// What it says has come whole: from now on we are the ones who work.
    pub(super) fn is_served(&self) {
        let place = &mut *self.place.lock().expect(UNPOISONED);
        if let Some(at) = place.waits.take() {
            self.crowd.lock().waiting.remove(&at);
        }
    }

    /// Takes so many more bytes of a body; who has waited longest with bytes of one makes room.
    pub(super) fn holds(&self, bytes: usize) -> Result<(), Full> {
        let mut place = self.place.lock().expect(UNPOISONED);
        let mut state = self.crowd.lock();
        if state.bytes + bytes > self.crowd.room.bytes_max {
            state.send_away(|waiting| waiting.bytes > 0)?;
        }
        state.bytes += bytes;
        place.bytes += bytes;
        if let Some(waiting) = place.waits.and_then(|at| state.waiting.get_mut(&at)) {
            waiting.bytes += bytes;
        }
        Ok(())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let place = self.place.lock().expect(UNPOISONED);
        let mut state = self.crowd.lock();
        state.open -= 1;
        state.bytes -= place.bytes;
        if let Some(at) = place.waits {
            state.waiting.remove(&at);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn crowd(connections_max: usize, bytes_max: usize) -> Arc<Crowd> {
        Crowd::new(Room {
            connections_max,
            bytes_max,
        })
    }

    fn must_leave(guest: &Guest) -> bool {
        guest.is_sent_away().now_or_never().is_some()
    }

    #[test]
    fn whoever_has_waited_longest_makes_room() {
        let crowd = crowd(3, 100);
        let [first, second, third] = [(); 3].map(|()| crowd.enter().unwrap());
        first.waits();
        let fourth = crowd.enter().unwrap();
        assert_eq!(
            [&first, &second, &third, &fourth].map(must_leave),
            [false, true, false, false]
        );
        assert_eq!((crowd.open(), crowd.sent_away()), (4, 1));
        drop(second);
        assert_eq!(crowd.open(), 3);
    }

    #[test]
    fn nobody_who_is_served_is_sent_away() {
        let crowd = crowd(2, 100);
        let (first, second) = (crowd.enter().unwrap(), crowd.enter().unwrap());
        first.is_served();
        second.is_served();
        assert!(crowd.enter().is_err());
        second.waits();
        let third = crowd.enter().unwrap();
        assert_eq!(
            [&first, &second, &third].map(must_leave),
            [false, true, false]
        );
        second.waits();
        assert!(
            crowd.thin_out() && must_leave(&third),
            "who must leave doesn't wait again"
        );
    }

    #[test]
    fn unfinished_bodies_are_bounded_and_the_slowest_gives_way() {
        let crowd = crowd(9, 100);
        let [idle, slow, quick] = [(); 3].map(|()| crowd.enter().unwrap());
        slow.holds(60).unwrap();
        quick.holds(40).unwrap();
        let late = crowd.enter().unwrap();
        late.holds(10).unwrap();
        assert_eq!(
            [&idle, &slow, &quick, &late].map(must_leave),
            [false, true, false, false]
        );
        drop(slow);
        quick.is_served();
        late.is_served();
        late.holds(50).unwrap();
        assert_eq!(late.holds(1), Err(Full), "all that is held is being served");
        quick.waits();
        assert!(late.holds(1).is_ok());
    }
}
