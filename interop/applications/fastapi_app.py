"""An origin with fastapi-client-cert-auth, which reads nginx's certificate and verdict."""

import os

import uvicorn
from cryptography.hazmat.primitives import hashes
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from fastapi_client_cert_auth import get_certificate_from_header_dependency

app = FastAPI()
certificate = get_certificate_from_header_dependency(require_verify_header=True)


@app.exception_handler(HTTPException)
def refused(_, error):
    return JSONResponse({"identity": None, "why": error.detail})


@app.get("/{path:path}")
def who(certificate=Depends(certificate)):
    return {"identity": certificate.fingerprint(hashes.SHA256()).hex()}


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")
