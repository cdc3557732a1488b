//! Times as people read them: on a terminal in the time zone of this machine, elsewhere in UTC.

use std::io::{self, IsTerminal};

use domain::timestamp::Timestamp;
use jiff::tz::TimeZone;

use crate::arguments::times::TimesArgs;

/// How times are shown.
pub enum Times {
    /// In RFC 3339, in UTC.
    Utc,
    /// To the second, with the offset from UTC.
    Local(TimeZone),
}

impl Times {
    /// How times are shown where the results of this command go.
    pub fn of(args: &TimesArgs) -> Self {
        if args.utc || !io::stdout().is_terminal() {
            Self::Utc
        } else {
            Self::Local(TimeZone::system())
        }
    }

    /// A time as a text; empty beyond the year 9999.
    pub fn show(&self, at: Timestamp) -> String {
        match self {
            Self::Utc => at.to_rfc3339().unwrap_or_default(),
            Self::Local(zone) => jiff::Timestamp::from_millisecond(at.epoch_ms())
                .map(|at| at.to_zoned(zone.clone()))
                .map(|at| at.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
                .unwrap_or_default(),
        }
    }

    /// A time that the service wrote; one that cannot be read stays as it is.
    pub fn show_text(&self, text: &str) -> String {
        let at = Timestamp::parse_rfc3339(text);
        at.map_or_else(|| text.to_owned(), |at| self.show(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_has_its_offset() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let local = Times::Local(zone);
        for (utc, expected) in [
            ("2026-01-05T23:30:00.999Z", "2026-01-06 00:30:00 +01:00"),
            ("2026-07-05T08:00:00Z", "2026-07-05 10:00:00 +02:00"),
            ("lately", "lately"),
        ] {
            assert_eq!(local.show_text(utc), expected);
        }
        let beyond = Timestamp::from_epoch_ms(i64::MAX);
        assert_eq!(local.show(beyond), "");
    }
}
