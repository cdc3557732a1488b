//! Points in time, to the millisecond.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    epoch_ms: i64,
}

impl Timestamp {
    /// The time that many milliseconds after the epoch.
    #[must_use]
    pub const fn from_epoch_ms(epoch_ms: i64) -> Self {
        Self { epoch_ms }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn epoch_ms(self) -> i64 {
        self.epoch_ms
    }

    /// The time written in RFC 3339, such as `2026-01-05T08:00:00.123Z`; digits below the millisecond are dropped.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let epoch_ms = parsed.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(epoch_ms).ok().map(Self::from_epoch_ms)
    }

    /// The time written in RFC 3339, in UTC; `None` beyond the year 9999.
    #[must_use]
    pub fn to_rfc3339(self) -> Option<String> {
        let nanos = i128::from(self.epoch_ms) * 1_000_000;
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
        time.format(&Rfc3339).ok()
    }

    /// How long it is from this time to `later`; zero if that is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        let ms = later.epoch_ms.saturating_sub(self.epoch_ms);
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    /// This time moved on by `duration`, in whole milliseconds; stops at the end of the range.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_epoch_ms(self.epoch_ms.saturating_add(ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_is_read_to_the_millisecond_in_any_offset() {
        let read = |text| Timestamp::parse_rfc3339(text).map(Timestamp::epoch_ms);
        assert_eq!(read("1970-01-01T00:00:01.2349Z"), Some(1_234));
        assert_eq!(read("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(read("1969-12-31T23:59:59.9999Z"), Some(-1));
        assert_eq!(read("2026-01-05"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn rfc3339_is_written_in_utc() {
        let written = |ms| Timestamp::from_epoch_ms(ms).to_rfc3339();
        assert_eq!(written(1_234).unwrap(), "1970-01-01T00:00:01.234Z");
        assert_eq!(written(0).unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(written(i64::MAX), None);
    }

    #[test]
    fn a_time_plus_the_duration_until_another_is_the_other() {
        let (early, late) = (Timestamp::from_epoch_ms(5), Timestamp::from_epoch_ms(12));
        assert_eq!(early.until(late), Duration::from_millis(7));
        assert_eq!(early.plus(early.until(late)), late);
        assert_eq!(late.until(early), Duration::ZERO);
    }
}
