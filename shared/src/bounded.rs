//! Doing many things at once, but not too many.

use futures::stream::{FuturesUnordered, StreamExt};

/// Runs `futures` with at most `limit` under way, and hands each result to `take`. The first error drops the rest.
///
/// # Errors
/// That of a future.
pub async fn try_for_each<F, T, E>(
    limit: usize,
    futures: impl IntoIterator<Item = F>,
    mut take: impl FnMut(T),
) -> Result<(), E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut under_way = FuturesUnordered::new();
    for future in futures {
        under_way.push(future);
        if under_way.len() >= limit
            && let Some(result) = under_way.next().await
        {
            take(result?);
        }
    }
    while let Some(result) = under_way.next().await {
        take(result?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn so_many_are_under_way_and_no_more() {
        let (now, most, made) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let work = (0..20).map(|number| {
            made.set(made.get() + 1);
            let (now, most) = (&now, &most);
            async move {
                now.set(now.get() + 1);
                most.set(most.get().max(now.get()));
                tokio::task::yield_now().await;
                now.set(now.get() - 1);
                Ok::<_, ()>(number)
            }
        });
        let mut taken = Vec::new();
        try_for_each(4, work, |number| taken.push(number))
            .await
            .unwrap();
        taken.sort_unstable();
        assert_eq!(taken, (0..20).collect::<Vec<_>>());
        assert_eq!((most.get(), made.get()), (4, 20));
    }

    #[tokio::test]
    async fn the_first_error_ends_it() {
        let made = Cell::new(0);
        let work = (0..20).map(|number| {
            made.set(made.get() + 1);
            async move { if number == 3 { Err(number) } else { Ok(()) } }
        });
        assert_eq!(try_for_each(2, work, |()| ()).await, Err(3));
        assert!(made.get() < 20);
    }
}
