//! Quotas, waiting times and the bound on memory, on a clock that the test moves.

use super::*;
use governor::clock::FakeRelativeClock;
use std::time::Duration;

fn limits(quotas: &Quotas) -> (Limits, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    (Limits::new(quotas, Ticker::Fake(clock.clone())), clock)
}

fn net(text: &str) -> ClientNet {
    text.parse::<std::net::IpAddr>().unwrap().into()
}

#[test]
fn a_quota_for_each_network_and_operation() {
    let quotas = Quotas {
        submit: Rate::new(6, 3),
        ..Quotas::default()
    };
    let (limits, clock) = limits(&quotas);
    let one = net("2001:db8:0:1::1");
    for host in ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff::"] {
        assert_eq!(limits.check_net(Op::Submit, net(host)), Ok(()));
    }
    assert_eq!(limits.check_net(Op::Submit, one), Err(RetryAfter(10)));
    assert_eq!(limits.check_net(Op::Track, one), Ok(()));
    assert_eq!(limits.check_net(Op::Submit, net("2001:db8:0:2::1")), Ok(()));
    assert_eq!(
        limits.check_net(Op::Submit, net("::ffff:192.0.2.1")),
        Ok(())
    );
    clock.advance(Duration::from_millis(9_500));
    assert_eq!(limits.check_net(Op::Submit, one), Err(RetryAfter(1)));
    clock.advance(Duration::from_millis(500));
    assert_eq!(limits.check_net(Op::Submit, one), Ok(()));
    assert_eq!(limits.check_net(Op::Submit, one), Err(RetryAfter(10)));
}

#[test]
fn phones_tokens_and_everybody() {
    let quotas = Quotas {
        phone: Rate::new(1, 2),
        all_submits: Rate::new(60, 1),
        everything: Rate::new(60_000, 1),
        ..Quotas::default()
    };
    let (limits, _clock) = limits(&quotas);
    let (a, b) = ([1; 16], [2; 16]);
    assert!(limits.check_phone(&a).is_ok() && limits.check_phone(&a).is_ok());
    assert_eq!(limits.check_phone(&a), Err(RetryAfter(60)));
    assert!(limits.check_phone(&b).is_ok() && limits.check_token(&a).is_ok());
    assert_eq!(limits.check_all_submits(), Ok(()));
    assert_eq!(limits.check_all_submits(), Err(RetryAfter(1)));
    assert_eq!(limits.check_everything(), Ok(()));
    assert_eq!(limits.check_everything(), Err(RetryAfter(1)));
}

#[test]
fn a_million_networks_stay_bounded() {
    let quotas = Quotas {
        remembered: 1000,
        submit: Rate::new(6, 3),
        ..Quotas::default()
    };
    let (limits, clock) = limits(&quotas);
    let known = net("198.51.100.1");
    assert_eq!(limits.check_net(Op::Submit, known), Ok(()));
    let mut refused = 0;
    for i in 0..1_000_000_u32 {
        refused += usize::from(
            limits
                .check_net(Op::Submit, ClientNet::V4(0x0100_0000 + i))
                .is_err(),
        );
    }
    assert!(limits.keys() <= 1250, "{}", limits.keys());
    assert!(refused > 900_000, "{refused}");
    assert_eq!(limits.check_net(Op::Submit, known), Ok(()));
    // The flood is over: the first newcomer makes room, and the sweep forgets the rest.
    clock.advance(Duration::from_secs(60));
    assert_eq!(limits.check_net(Op::Submit, net("203.0.113.5")), Ok(()));
    clock.advance(Duration::from_secs(600));
    limits.sweep();
    assert_eq!(limits.keys(), 0);
}

#[test]
fn the_machines_clock_ticks() {
    let limits = Limits::new(&Quotas::default(), Ticker::machine());
    assert_eq!(limits.check_net(Op::Page, net("192.0.2.1")), Ok(()));
    assert_eq!(limits.keys(), 1);
}
