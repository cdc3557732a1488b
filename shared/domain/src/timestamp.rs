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

    /// The time written in RFC 3339, in UTC, always with three digits of milliseconds, so that texts have the order of the times;
    /// `None` outside the years 0 to 9999.
    #[must_use]
    pub fn to_rfc3339(self) -> Option<String> {
        let (seconds, ms) = (
            self.epoch_ms.div_euclid(1_000),
            self.epoch_ms.rem_euclid(1_000),
        );
        let second = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        let text = second.format(&Rfc3339).ok()?;
        Some(format!("{}.{ms:03}Z", text.strip_suffix('Z')?))
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
    use proptest::prelude::*;

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
        assert_eq!(written(0).unwrap(), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(34_280).unwrap(), "1970-01-01T00:00:34.280Z");
        assert_eq!(written(-1).unwrap(), "1969-12-31T23:59:59.999Z");
        assert_eq!(written(i64::MAX), None);
        assert_eq!(written(i64::MIN), None);
    }

    proptest! {
        /// From the year 0 to the year 9999, half of the times round to the tenth of a second or further.
        #[test]
        fn a_time_is_written_with_three_digits_of_milliseconds(ms in -62_167_219_200_000..=253_402_300_799_999i64, round in prop::sample::select(vec![1, 10, 100, 1_000, 60_000])) {
            let ms = ms.div_euclid(round) * round;
            let time = Timestamp::from_epoch_ms(ms.max(-62_167_219_200_000));
            let text = time.to_rfc3339().unwrap();
            prop_assert_eq!(text.len(), "2026-11-22T08:00:00.000Z".len());
            prop_assert_eq!((&text[19..20], &text[23..]), (".", "Z"));
            prop_assert_eq!(text[20..23].parse::<i64>().unwrap(), time.epoch_ms().rem_euclid(1_000));
            prop_assert_eq!(Timestamp::parse_rfc3339(&text), Some(time));
        }
    }

    #[test]
    fn a_time_plus_the_duration_until_another_is_the_other() {
        let (early, late) = (Timestamp::from_epoch_ms(5), Timestamp::from_epoch_ms(12));
        assert_eq!(early.until(late), Duration::from_millis(7));
        assert_eq!(early.plus(early.until(late)), late);
        assert_eq!(late.until(early), Duration::ZERO);
    }
}
