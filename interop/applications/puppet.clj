; An origin with Puppet Server's authorization middleware and `allow-header-cert-info`, which reads a proxy's headers.
(ns origin
  (:require [clojure.string :as string]
            [puppetlabs.trapperkeeper.authorization.ring-middleware :as authorization]
            [puppetlabs.trapperkeeper.authorization.rules :as rules])
  (:import (com.sun.net.httpserver HttpExchange HttpHandler HttpServer)
           (java.net InetAddress InetSocketAddress)
           (java.security MessageDigest)
           (java.util HexFormat)))

(defn who [request]
  (let [{:keys [name certificate]} (:authorization request)
        digest (.digest (MessageDigest/getInstance "SHA-256") (.getEncoded certificate))]
    {:status 200 :body (str "{\"identity\": " (pr-str (str name " " (.formatHex (HexFormat/of) digest))) "}")}))

; Whoever is authenticated is let in.
(def rule (rules/allow (rules/new-rule :path "/" :any 500 "everybody") {:certname "*"}))
(def handle (authorization/wrap-authorization-check who [rule] {} true nil nil))

(defn request [^HttpExchange exchange]
  {:uri (.getPath (.getRequestURI exchange))
   :request-method :get
   :remote-addr "127.0.0.1"
   :headers (into {} (for [[name values] (.getRequestHeaders exchange)] [(string/lower-case name) (string/join "," values)]))})

(let [port (Integer/parseInt (System/getenv "PORT"))
      server (HttpServer/create (InetSocketAddress. (InetAddress/getLoopbackAddress) port) 0)
      answer (fn [^HttpExchange exchange]
               (let [{:keys [status body]} (handle (request exchange))
                     bytes (.getBytes body "UTF-8")]
                 (.sendResponseHeaders exchange status (count bytes))
                 (.write (.getResponseBody exchange) bytes)
                 (.close exchange)))]
  (.createContext server "/" (reify HttpHandler (handle [_ exchange] (answer exchange))))
  (.start server))
