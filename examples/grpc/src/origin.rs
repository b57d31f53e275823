//! The origin: a gRPC service behind [`ReceiveLayer`], which admits verified clients and rejects others with a gRPC status.

use tls_client_auth::tower::{Admission, ReceiveLayer};
use tls_client_auth::{Receiver, TlsClientAuth};
use tokio::net::TcpListener;
use tokio_stream::Iter;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::Result;

pub(crate) async fn serve(listener: TcpListener) -> Result<()> {
    Server::builder()
        .layer(ReceiveLayer::new(Receiver::nginx(), Admission::Trusted))
        .add_service(HealthServer::new(Origin))
        .serve_with_incoming(TcpIncoming::from(listener))
        .await?;
    Ok(())
}

/// Answers that it is healthy, with the client's name.
struct Origin;

type Answer = Result<HealthCheckResponse, Status>;

#[tonic::async_trait]
impl Health for Origin {
    type WatchStream = Iter<std::vec::IntoIter<Answer>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        to_client(&request, serving())
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        to_client(&request, tokio_stream::iter(vec![Ok(serving()), Ok(serving())]))
    }
}

fn serving() -> HealthCheckResponse {
    HealthCheckResponse { status: ServingStatus::Serving.into() }
}

/// With the client's name among the answer's metadata.
fn to_client<T>(request: &Request<HealthCheckRequest>, answer: T) -> Result<Response<T>, Status> {
    let auth = request.extensions().get::<TlsClientAuth>();
    let auth = auth.ok_or_else(|| Status::internal("without ReceiveLayer"))?;
    let name = auth.cert_subject_dn().parse();
    let mut answer = Response::new(answer);
    answer.metadata_mut().insert("x-client", name.map_err(|_| Status::internal("no text"))?);
    Ok(answer)
}
