//! Upgrades to another protocol, such as WebSocket. The handshake is a request like every other, stripped and with our headers; after
//! a `101` all bytes are copied. Protocols that carry requests, such as `h2c`, are never requested, because they would not be stripped.

use std::io;
use std::time::Duration;

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::upgrade::OnUpgrade;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::endings::Activity;
use super::message::options;

/// The upgrade that a request asks for.
pub struct Upgrade {
    protocol: HeaderValue,
    client: OnUpgrade,
}

impl Upgrade {
    /// The first protocol that the request asks for and that may be tunnelled. Other protocols are not passed on.
    pub fn of<B>(request: &mut Request<B>, tunnelled: &[String]) -> Option<Self> {
        if request.version() != Version::HTTP_11 {
            return None;
        }
        let headers = request.headers();
        let upgrades = |option: &[u8]| option.eq_ignore_ascii_case(b"upgrade");
        if !options(headers, header::CONNECTION).any(upgrades) {
            return None;
        }
        let may = |asked: &&[u8]| {
            let known = std::iter::once("websocket").chain(tunnelled.iter().map(String::as_str));
            known.into_iter().any(|known| asked.eq_ignore_ascii_case(known.as_bytes()))
        };
        let protocol = options(headers, header::UPGRADE).find(may)?;
        let protocol = HeaderValue::from_bytes(protocol).ok()?;
        Some(Self { protocol, client: hyper::upgrade::on(request) })
    }

    /// Adds the upgrade to a request, or to an answer.
    pub fn insert(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, self.protocol.clone());
    }

    /// Whether the origin's `101` names the requested protocol.
    pub fn is_answered<B>(&self, response: &Response<B>) -> bool {
        let mut answered = options(response.headers(), header::UPGRADE);
        response.status() == StatusCode::SWITCHING_PROTOCOLS
            && answered
                .next()
                .is_some_and(|protocol| protocol.eq_ignore_ascii_case(self.protocol.as_bytes()))
            && answered.next().is_none()
    }

    /// Passes bytes in both directions until both sides have ended, or for `idle` nothing was passed.
    pub async fn tunnel(self, origin: OnUpgrade, idle: Duration) -> io::Result<()> {
        let (client, origin) = tokio::try_join!(self.client, origin).map_err(io::Error::other)?;
        let (from_client, to_client) = tokio::io::split(TokioIo::new(client));
        let (from_origin, to_origin) = tokio::io::split(TokioIo::new(origin));
        let activity = Activity::default();
        tokio::select! {
            ended = async {
                tokio::try_join!(
                    one_way(from_client, to_origin, &activity),
                    one_way(from_origin, to_client, &activity),
                )
            } => ended.map(|_| ()),
            () = activity.rests(idle) => Ok(()),
        }
    }
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    activity: &Activity,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        let Some(read @ [_, ..]) = buffer.get(..length) else { return to.shutdown().await };
        to.write_all(read).await?;
        to.flush().await?;
        activity.moved();
    }
}
