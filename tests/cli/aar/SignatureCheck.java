import java.io.File;
import java.io.FileInputStream;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.codehaus.mojo.animal_sniffer.ClassListBuilder;
import org.codehaus.mojo.animal_sniffer.SignatureChecker;
import org.codehaus.mojo.animal_sniffer.logging.PrintWriterLogger;

/**
 * Checks that class files use nothing that a signature file lacks, except other classes of their own folder.
 *
 * <p>Arguments: the signature file, the folder of class files, packages to leave out such as {@code a.b.*}. The
 * exit code is 1 if anything is missing; each missing class, method or field is a line of stdout.
 */
public final class SignatureCheck {
  public static void main(String[] arguments) throws Exception {
    PrintWriterLogger log = new PrintWriterLogger(System.out);
    File classes = new File(arguments[1]);
    ClassListBuilder own = new ClassListBuilder(log);
    own.process(classes);
    Set<String> known = new HashSet<>(own.getPackages());
    for (int index = 2; index < arguments.length; index++) {
      known.add(arguments[index]);
    }
    try (FileInputStream signatures = new FileInputStream(arguments[0])) {
      SignatureChecker checker = new SignatureChecker(signatures, known, log);
      checker.setSourcePath(Collections.<File>emptyList());
      checker.process(classes);
      System.out.flush();
      System.exit(checker.isSignatureBroken() ? 1 : 0);
    }
  }
}
