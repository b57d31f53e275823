//! The response of a layer's service: from the inner service, or from the layer itself.

use core::pin::Pin;
use core::task::{Context, Poll};

use http::Response;
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`Enforce`](super::Enforce) and [`Receive`](super::Receive), which pass a request on or answer it.
    #[derive(Debug)]
    pub struct ResponseFuture<F, R> {
        #[pin]
        state: State<F, R>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = StateProjection]
    enum State<F, R> {
        Passed { #[pin] inner: F },
        Answered { answer: Option<Response<R>> },
    }
}

impl<F, R> ResponseFuture<F, R> {
    pub(super) const fn passed(inner: F) -> Self {
        Self { state: State::Passed { inner } }
    }

    pub(super) const fn answered(answer: Response<R>) -> Self {
        Self { state: State::Answered { answer: Some(answer) } }
    }
}

impl<F, R, E> Future for ResponseFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Passed { inner } => inner.poll(context),
            // Polled after completion.
            StateProjection::Answered { answer } => {
                answer.take().map_or(Poll::Pending, |answer| Poll::Ready(Ok(answer)))
            }
        }
    }
}
