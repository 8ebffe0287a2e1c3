//! Several at once on one folder of books: whoever is last turns the link, and it always leads to a whole book.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ledger::Log;
use projector::open_book_readonly;

use crate::log::{Folder, append, event, live, log_of};

const REBUILDERS: usize = 4;
const REBUILDS: usize = 12;

#[test]
fn while_many_rebuild_there_is_always_a_book() {
    let folder = Folder::new();
    let customer = |place: usize| {
        let body = format!("{{\"id\":\"cus_{place}\",\"object\":\"customer\",\"created\":1}}");
        event(&format!("evt_{place}"), "customer.created", 1, &body, None)
    };
    let log = log_of(&(0..5).map(customer).collect::<Vec<_>>());
    let digest = folder.rebuild(&log, 1).streams[0].digest;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let rebuild = |_| {
            let log = log.reader().unwrap();
            let folder = &folder;
            scope.spawn(move || {
                for _ in 0..REBUILDS {
                    folder.rebuild(&*log, 1);
                }
            })
        };
        let rebuilders: Vec<_> = (0..REBUILDERS).map(rebuild).collect();
        let reader = scope.spawn(|| {
            let mut read = 0;
            while !is_over.load(Ordering::Relaxed) {
                let book = open_book_readonly(folder.path()).unwrap();
                assert_eq!(book.digest(&live()).unwrap(), digest);
                read += 1;
            }
            read
        });
        let rebuilt: Vec<_> = rebuilders.into_iter().map(|thread| thread.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
        for rebuilt in rebuilt {
            rebuilt.unwrap();
        }
    });
    assert_eq!(folder.open().digest(&live()).unwrap(), digest);
    let mut log = log;
    append(&mut log, &live(), &[customer(5)]);
    assert!(!folder.project(&log, 10).rebuilt);
}
