//! Who asks 来源网络: the network that a limit counts. Owns CIDR blocks and the walk through `X-Forwarded-For`; pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses such as `10.0.0.0/8`; a bare address is a block of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Cidr {
    base: IpAddr,
    bits: u8,
}

/// A text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a block like 10.0.0.0/8")]
pub struct CidrError(String);

impl std::str::FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let wrong = || CidrError(text.chars().take(60).collect());
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => most,
        };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;

    fn try_from(text: String) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl Cidr {
    /// Whether the address lies in the block; IPv4-mapped IPv6 addresses count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let bits = if self.base.is_ipv4() {
                    self.bits
                } else {
                    self.bits.saturating_sub(96)
                };
                let differ = a.to_bits() ^ b.to_bits();
                differ.checked_shr(32 - u32::from(bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let differ = a.to_bits() ^ b.to_bits();
                differ.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The network that is counted: one IPv4 address, or an IPv6 /64, which is what one line gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClientNet {
    /// An IPv4 address. Behind carrier-grade NAT many honest people share one.
    V4(u32),
    /// The upper 64 bits of an IPv6 address.
    V6(u64),
}

impl From<IpAddr> for ClientNet {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.to_bits()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h, ..] = v6.octets();
                Self::V6(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
            }
        }
    }
}

impl std::fmt::Display for ClientNet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::V4(bits) => write!(f, "{}", Ipv4Addr::from_bits(*bits)),
            Self::V6(bits) => write!(f, "{}/64", Ipv6Addr::from_bits(u128::from(*bits) << 64)),
        }
    }
}

impl ClientNet {
    /// The network behind a request: the peer's, or, when the peer is a trusted proxy, the first address from the
    /// right of `X-Forwarded-For` that is no trusted proxy. `forwarded` are the header's lines in order. What stands
    /// left of that address, or of an entry that is no address, was written by the client and is not believed.
    pub fn of<'a>(
        peer: IpAddr,
        forwarded: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
        trusted: &[Cidr],
    ) -> Self {
        let known = |address: IpAddr| trusted.iter().any(|block| block.contains(address));
        let mut client = peer;
        for entry in forwarded
            .into_iter()
            .rev()
            .flat_map(|line| line.rsplit(','))
        {
            if !known(client) {
                break;
            }
            match address(entry) {
                Some(next) => client = next,
                None => break,
            }
        }
        client.into()
    }

    /// The wider network that shares a bucket when memory is full: /24 or /48.
    #[must_use]
    pub const fn wider(self) -> Self {
        match self {
            Self::V4(bits) => Self::V4(bits & 0xffff_ff00),
            Self::V6(bits) => Self::V6(bits & 0xffff_ffff_ffff_0000),
        }
    }
}

/// An entry of the header: `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]:567`.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim().trim_matches('"');
    if let Some(rest) = entry.strip_prefix('[') {
        return rest.split_once(']')?.0.parse().ok();
    }
    let bare = entry.parse().ok();
    bare.or_else(|| {
        entry
            .parse()
            .ok()
            .map(|with: std::net::SocketAddr| with.ip())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<Cidr> = ["10.0.0.0/8", "192.0.2.7", "fd00::/8"]
            .iter()
            .map(|c| c.parse().unwrap())
            .collect();
        ClientNet::of(peer.parse().unwrap(), forwarded.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn believes_only_trusted_proxies() {
        for (peer, forwarded, client) in [
            ("203.0.113.9", &[] as &[&str], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.1.1.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.1.1.1", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.1.1.1",
                &["6.6.6.6, 198.51.100.1, 192.0.2.7"],
                "198.51.100.1",
            ),
            (
                "10.1.1.1",
                &["6.6.6.6", "198.51.100.1", "192.0.2.7"],
                "198.51.100.1",
            ),
            ("10.1.1.1", &["198.51.100.1:8080"], "198.51.100.1"),
            ("fd00::1", &["[2001:db8:1:2:3::4]:80"], "2001:db8:1:2::/64"),
            ("10.1.1.1", &["198.51.100.1, junk, 10.2.2.2"], "10.2.2.2"),
            ("10.1.1.1", &["", "198.51.100.1,"], "10.1.1.1"),
            ("10.1.1.1", &["10.9.9.9"], "10.9.9.9"),
            ("192.0.2.8", &["198.51.100.1"], "192.0.2.8"),
        ] {
            assert_eq!(net(peer, forwarded), client, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn blocks() {
        let has =
            |block: &str, a: &str| block.parse::<Cidr>().unwrap().contains(a.parse().unwrap());
        assert!(has("0.0.0.0/0", "8.8.8.8") && has("::/0", "2001:db8::1"));
        assert!(!has("::/0", "8.8.8.8") && !has("10.0.0.0/9", "10.128.0.1"));
        assert!(has("::ffff:10.0.0.0/104", "10.3.3.3"));
        for bad in ["", "10.0.0.0/33", "x", "10.0.0.0/", "::/129", "10.0.0/8"] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }
}
