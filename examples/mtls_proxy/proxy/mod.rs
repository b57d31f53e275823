//! The proxy: one state for each TLS connection, one claim for each request. Code that is not about client certificates is in the other
//! files of this folder.

pub mod connector;
mod endings;
pub mod log;
mod message;
mod options;
mod tls;
mod upgrade;
mod upstream;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::http::uri::{Authority, PathAndQuery};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tls_client_auth::hosts::{AuthStatus, Decision, Handshake};
use tls_client_auth::{Claim, ConnectionState};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

pub use self::endings::Shutdown;
pub use self::log::Sink;
pub use self::options::{Limits, Options, Settings};
pub use self::tls::{Admission, Authorities, Tls};

use self::endings::{Activity, Watcher};
use self::log::{Entry, Errors, Peer};
use self::message::{Body, answer, empty, host, join_cookies, remove_hop_by_hop, remove_listed};
use self::upgrade::Upgrade;
use self::upstream::{Failure, Upstream};
use crate::Result;

pub struct Proxy {
    options: Options,
    current: RwLock<Arc<Current>>,
    /// A permit for each connection that may be open.
    room: Arc<Semaphore>,
    /// Separate, so that clients' errors do not hide an outage.
    errors_of_clients: Errors,
    errors_of_origin: Errors,
}

/// The reloadable part: the settings, and the connector to the origin.
struct Current {
    settings: Settings,
    upstream: Upstream,
}

impl Current {
    fn new(options: &Options, settings: Settings) -> Result<Arc<Self>> {
        let upstream = Upstream::new(options, settings.origin_tls.as_ref())?;
        Ok(Arc::new(Self { settings, upstream }))
    }
}

/// A client's connection. It is held until the connection and its tunnels have ended.
struct Guest {
    peer: Peer,
    handshake: Handshake,
    activity: Activity,
    _room: OwnedSemaphorePermit,
    _watcher: Watcher,
}

impl Proxy {
    pub fn new(options: Options, settings: Settings) -> Result<Self> {
        Ok(Self {
            current: RwLock::new(Current::new(&options, settings)?),
            room: Arc::new(Semaphore::new(options.limits.connections)),
            errors_of_clients: Errors::new(Arc::clone(&options.error_log), Errors::PERIOD),
            errors_of_origin: Errors::new(Arc::clone(&options.error_log), Errors::PERIOD),
            options,
        })
    }

    /// Replaces the settings; earlier sessions are not resumed.
    pub fn reload(&self, settings: Settings) -> Result<()> {
        let current = Current::new(&self.options, settings)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        Ok(())
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Serves every connection in a task of its own; one that fails ends alone. `shutdown` ends them after their requests.
    pub async fn accept(self: Arc<Self>, listener: TcpListener, shutdown: &Shutdown) {
        // Without room, connections wait in the listener's queue.
        while let Ok(room) = Arc::clone(&self.room).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, address)) => {
                    let served =
                        Arc::clone(&self).connection(stream, address, room, shutdown.watcher());
                    tokio::spawn(served);
                }
                // Out of file descriptors, most likely: others will be closed.
                Err(error) => {
                    self.errors_of_clients.report("accept", error);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        address: SocketAddr,
        room: OwnedSemaphorePermit,
        watcher: Watcher,
    ) {
        let current = self.current();
        let (stream, handshake) = match self.handshake(stream, &current.settings).await {
            Ok(done) => done,
            Err(error) => return self.errors_of_clients.report(address, error),
        };
        let client = handshake.client().clone();
        let forwarding = current.settings.forwarding.clone();
        // The connection goes on for longer than what a reload replaces.
        drop(current);
        let guest = Arc::new(Guest {
            peer: Peer::new(address, &client),
            handshake,
            activity: Activity::default(),
            _room: room,
            _watcher: watcher.clone(),
        });
        let connection = ConnectionState::new(client, forwarding);
        let served = Arc::clone(&self).serve(stream, Arc::clone(&guest), connection, watcher).await;
        match served {
            // Not an error: an idle connection ends this way.
            Err(error) if is_timeout(&*error) => {}
            Err(error) => self.errors_of_clients.report(&guest.peer, error),
            Ok(()) => {}
        }
    }

    async fn handshake(
        &self,
        stream: TcpStream,
        settings: &Settings,
    ) -> Result<(TlsStream<TcpStream>, Handshake)> {
        stream.set_nodelay(true)?;
        let accepted = settings.tls.accept(stream, |server_name| settings.judge(server_name));
        let (stream, judge) = timeout(self.options.limits.handshake, accepted)
            .await
            .map_err(|_| "the handshake took too long")?
            .map_err(|error| format!("handshake: {error}"))?;
        let tls = stream.get_ref().1;
        let handshake = Handshake::new(tls.server_name(), settings.tls.client(judge, tls)?);
        Ok((stream, handshake))
    }

    /// Serves every request of a connection, over the negotiated version of HTTP.
    async fn serve(
        self: Arc<Self>,
        stream: TlsStream<TcpStream>,
        guest: Arc<Guest>,
        connection: ConnectionState,
        mut watcher: Watcher,
    ) -> Result<()> {
        let (limits, activity) = (self.options.limits, guest.activity.clone());
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(usize::try_from(limits.header_bytes)?)
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.head)
            .max_header_list_size(limits.header_bytes);
        let builder = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => builder.http2_only(),
            _ => builder.http1_only(),
        };
        let service = service_fn(move |request| {
            let (proxy, guest) = (Arc::clone(&self), Arc::clone(&guest));
            let connection = connection.clone();
            async move { Ok::<_, Infallible>(proxy.request(request, &guest, &connection).await) }
        });
        let served = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut served = pin!(served);
        tokio::select! {
            ended = served.as_mut() => return ended,
            () = watcher.shutdown() => {}
            () = activity.rests(limits.idle) => {}
        }
        // Requests in progress may finish, except for clients that stopped reading.
        served.as_mut().graceful_shutdown();
        tokio::select! {
            ended = served => ended,
            () = activity.rests(limits.idle.max(limits.answer)) => Ok(()),
        }
    }

    async fn request(
        &self,
        request: Request<Incoming>,
        guest: &Arc<Guest>,
        connection: &ConnectionState,
    ) -> Response<Body> {
        guest.activity.moved();
        let host = host(&request);
        let sink = self.options.access_log.as_ref();
        let mut entry = Entry::new(sink, &guest.peer, host.clone(), &request);
        let response = match host {
            // Requests in a tunnel would not be stripped.
            _ if request.method() == Method::CONNECT => answer(StatusCode::NOT_IMPLEMENTED),
            None => answer(StatusCode::BAD_REQUEST),
            Some(host) => match self.admit(&host, guest, connection, &mut entry) {
                Ok(claim) => {
                    let forwarded = self.forward(request, &host, guest, claim, &entry).await;
                    forwarded.unwrap_or_else(|failure| {
                        self.errors_of_origin.report(&entry, &failure);
                        answer(failure.status())
                    })
                }
                Err(status) => answer(status),
            },
        };
        entry.status = Some(response.status());
        response
    }

    /// The claim for a request to this host, or the status of a rejection.
    fn admit(
        &self,
        host: &Authority,
        guest: &Guest,
        connection: &ConnectionState,
        entry: &mut Entry<'_>,
    ) -> std::result::Result<Claim, StatusCode> {
        let (status, reason) = match self.current().settings.decide(&guest.handshake, host) {
            Decision::Forward => return Ok(connection.claim()),
            // It must not use up the connection's first request.
            Decision::Withhold => return Ok(connection.withhold()),
            Decision::Refuse(reason) => (StatusCode::FORBIDDEN, reason.text()),
            Decision::Misdirected => {
                (StatusCode::MISDIRECTED_REQUEST, "the handshake was for another host")
            }
        };
        entry.status = Some(status);
        let client = AuthStatus::of(guest.handshake.client());
        self.errors_of_clients.report(entry, format_args!("{reason} ({client})"));
        Err(status)
    }

    async fn forward(
        &self,
        mut request: Request<Incoming>,
        host: &Authority,
        guest: &Arc<Guest>,
        claim: Claim,
        entry: &Entry<'_>,
    ) -> std::result::Result<Response<Body>, Failure> {
        for name in claim.too_large() {
            self.errors_of_clients.report(entry, format_args!("{name} is left out: too large"));
        }

        let upgrade = Upgrade::of(&mut request, &self.options.upgrades);
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
        let (activity, current) = (Activity::default(), self.current());
        let attempt = async |body| {
            let mut attempt = Request::new(body);
            *attempt.method_mut() = head.method.clone();
            let headers = attempt.headers_mut();
            headers.clone_from(&head.headers);
            claim.apply(headers);
            remove_hop_by_hop(headers);
            join_cookies(headers);
            if let Some(upgrade) = &upgrade {
                upgrade.insert(headers);
            }
            tokio::select! {
                answer = current.upstream.send(attempt, host, &path) => answer,
                () = activity.rests(self.options.limits.answer) => Err(Failure::Slow),
            }
        };

        // Only what has no body and changes nothing can be sent twice.
        let is_retryable = body.is_end_stream() && head.method.is_idempotent();
        let mut response = if is_retryable {
            attempt(empty()).await
        } else {
            let (activity, guest) = (activity.clone(), Arc::clone(guest));
            let body = claim.strip_body(body).map_frame(move |frame| {
                activity.moved();
                guest.activity.moved();
                frame
            });
            attempt(body.boxed()).await
        };
        if let Err(failure) = &response
            && is_retryable
            && failure.was_not_answered()
        {
            self.errors_of_origin.report(entry, format_args!("{failure}; once more"));
            response = attempt(empty()).await;
        }
        // Without an answer the claim is dropped, and the next request carries the first request's headers.
        let mut response = response?;
        let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let upgrade = upgrade.filter(|upgrade| upgrade.is_answered(&response));
        if switches && upgrade.is_none() {
            return Err(Failure::Unasked);
        }
        claim.commit();
        let origin = switches.then(|| hyper::upgrade::on(&mut response));
        remove_listed(response.headers_mut());
        remove_hop_by_hop(response.headers_mut());
        *response.version_mut() = Version::default();
        if let (Some(upgrade), Some(origin)) = (upgrade, origin) {
            upgrade.insert(response.headers_mut());
            let (idle, guest) = (self.options.limits.idle, Arc::clone(guest));
            tokio::spawn(async move {
                // Errors in a tunnel concern only its two sides.
                let _ = upgrade.tunnel(origin, idle).await;
                drop(guest);
            });
        }
        let guest = Arc::clone(guest);
        let moves = move |frame| {
            guest.activity.moved();
            frame
        };
        Ok(response.map(|body| body.map_frame(moves).boxed()))
    }
}

fn is_timeout(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_timeout)
}
