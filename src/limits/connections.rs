//! Open connections 连接: how many there may be, how many of them one network may hold, and how long each may take its
//! time. Owns the settings and the count; who listens and hangs up is the web's matter.

use super::ClientNet;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Limits of connections. The shipped ones fit in the 1024 descriptors that a process gets by default, and are generous
/// for each network, for many honest phones may share one address. Peers that are configured proxies count in the whole
/// only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Most open at a time; fewer where the process may not open so many descriptors.
    pub most: usize,
    /// Most open at a time from one network, never more than half of all.
    pub per_network: usize,
    /// For the head of a request, from the first moment on, and so also for the rest between two requests.
    #[serde(rename = "head_seconds", with = "seconds")]
    pub head: Duration,
    /// For the body of a request, for each mebibyte begun that it announces.
    #[serde(rename = "body_seconds", with = "seconds")]
    pub body: Duration,
    /// For a pause within a body.
    #[serde(rename = "body_pause_seconds", with = "seconds")]
    pub body_pause: Duration,
    /// For a client that takes nothing of its answer.
    #[serde(rename = "answer_pause_seconds", with = "seconds")]
    pub answer_pause: Duration,
    /// For everything that is under way when the portal is told to stop.
    #[serde(rename = "stop_seconds", with = "seconds")]
    pub stop: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: 800,
            per_network: 200,
            head: Duration::from_secs(10),
            body: Duration::from_secs(60),
            body_pause: Duration::from_secs(15),
            answer_pause: Duration::from_secs(30),
            stop: Duration::from_secs(20),
        }
    }
}

impl Connections {
    /// The first setting that cannot be: its name and what to write.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), String> {
        if self.most == 0 || self.per_network == 0 {
            return Err("connections.most and per_network are at least 1".into());
        }
        for (name, value) in [
            ("head", self.head),
            ("body", self.body),
            ("body_pause", self.body_pause),
            ("answer_pause", self.answer_pause),
            ("stop", self.stop),
        ] {
            if value.is_zero() || value > Duration::from_secs(3600) {
                return Err(format!(
                    "connections.{name}_seconds is {}; write more than 0 and at most 3600",
                    value.as_secs_f64()
                ));
            }
        }
        Ok(())
    }

    /// The same limits with room for so many connections at most.
    #[must_use]
    pub fn at_most(&self, most: usize) -> Self {
        Self {
            most: self.most.min(most).max(1),
            ..self.clone()
        }
    }

    /// The longest time for a body of so many bytes; what is announced counts up to 16 MiB.
    #[must_use]
    pub fn body_of(&self, bytes: u64) -> Duration {
        let begun = (bytes >> 20).min(15) + 1;
        self.body
            .saturating_mul(u32::try_from(begun).unwrap_or(u32::MAX))
    }
}

/// Durations as seconds, `2` or `0.5`.
mod seconds {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(d: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(d.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?)
            .map_err(|_| D::Error::custom("seconds are a number such as 10 or 0.5"))
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// All places are taken.
    All,
    /// This network has its share.
    Network,
}

impl Full {
    /// Name for the metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Network => "network",
        }
    }
}

/// The places of one listener.
#[derive(Debug, Clone)]
pub struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    share: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    nets: HashMap<ClientNet, usize>,
}

impl Places {
    /// Free places, so many as the settings say.
    #[must_use]
    pub fn new(limits: &Connections) -> Self {
        Self(Arc::new(Inner {
            most: limits.most,
            share: limits.per_network.min(limits.most.div_ceil(2)),
            taken: Mutex::default(),
        }))
    }

    /// Takes a place, for a network or, with `None`, for a proxy, which has no share of its own.
    ///
    /// # Errors
    /// [`Full`].
    pub fn take(&self, net: Option<ClientNet>) -> Result<Place, Full> {
        let mut taken = self.lock();
        if taken.all >= self.0.most {
            return Err(Full::All);
        }
        if let Some(net) = net {
            let held = taken.nets.entry(net).or_default();
            if *held >= self.0.share {
                return Err(Full::Network);
            }
            *held += 1;
        }
        taken.all += 1;
        drop(taken);
        Ok(Place {
            places: self.clone(),
            net,
        })
    }

    /// Places taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that is taken; dropped, it is free again.
#[derive(Debug)]
pub struct Place {
    places: Places,
    net: Option<ClientNet>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all -= 1;
        if let Some(net) = self.net
            && let Some(held) = taken.nets.get_mut(&net)
        {
            *held -= 1;
            if *held == 0 {
                taken.nets.remove(&net);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(most: usize, per_network: usize) -> Connections {
        Connections {
            most,
            per_network,
            ..Connections::default()
        }
    }

    #[test]
    fn one_network_never_takes_all_and_places_come_back() {
        let places = Places::new(&limits(4, 3));
        let (a, b) = (Some(ClientNet::V4(1)), Some(ClientNet::V4(2)));
        // three would be more than half
        let held: Vec<Place> = (0..2).map(|_| places.take(a).unwrap()).collect();
        assert_eq!(places.take(a).unwrap_err(), Full::Network);
        let other = places.take(b).unwrap();
        let proxy = places.take(None).unwrap();
        assert_eq!(places.take(None).unwrap_err(), Full::All);
        assert_eq!(places.take(b).unwrap_err(), Full::All);
        drop(proxy);
        let proxy = places.take(None).unwrap();
        drop((held, other, proxy));
        assert_eq!(places.taken(), 0);
        assert!(places.lock().nets.is_empty(), "nothing is remembered");
    }

    #[test]
    fn proxies_have_no_share() {
        let places = Places::new(&limits(10, 1));
        let held: Vec<Place> = (0..10).map(|_| places.take(None).unwrap()).collect();
        assert_eq!(places.taken(), held.len());
    }

    #[test]
    fn settings_that_cannot_be_are_named() {
        assert_eq!(Connections::default().check(), Ok(()));
        let wrong = |change: fn(&mut Connections)| {
            let mut limits = Connections::default();
            change(&mut limits);
            limits.check().unwrap_err()
        };
        assert!(wrong(|c| c.most = 0).contains("most"));
        assert!(wrong(|c| c.body_pause = Duration::ZERO).contains("body_pause_seconds"));
        assert!(wrong(|c| c.stop = Duration::from_secs(3601)).contains("stop_seconds"));
    }

    #[test]
    fn a_long_body_has_longer() {
        let limits = Connections::default();
        let minute = Duration::from_secs(60);
        assert_eq!(limits.body_of(0), minute);
        assert_eq!(limits.body_of((1 << 20) - 1), minute);
        assert_eq!(limits.body_of(5 << 20), minute * 6);
        assert_eq!(limits.body_of(u64::MAX), minute * 16);
    }
}
