import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.SSLValve;

/** Tomcat's own reading of a proxy's certificate, which looks at no verdict: the set has to be one for trusted clients. */
class Origin {
    public static void main(String[] arguments) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getenv("HOME"));
        tomcat.setPort(Integer.parseInt(System.getenv("PORT")));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getEngine().getPipeline().addValve(new SSLValve());
        var context = tomcat.addContext("", new File(System.getenv("HOME")).getAbsolutePath());
        Tomcat.addServlet(context, "who", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                var certificates = (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
                String identity = "null";
                if (certificates != null) {
                    try {
                        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificates[0].getEncoded());
                        identity = '"' + HexFormat.of().formatHex(digest) + '"';
                    } catch (Exception error) {
                        throw new IOException(error);
                    }
                }
                response.setContentType("application/json");
                response.getWriter().print("{\"identity\": " + identity + "}");
            }
        });
        context.addServletMappingDecoded("/*", "who");
        tomcat.start();
        tomcat.getServer().await();
    }
}
