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
