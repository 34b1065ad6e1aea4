import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.logging.LogManager;

import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/**
 * What veraPDF says of files, each by the standards that its own metadata claim. Paths come on the standard input, one a line; each makes
 * one line for each standard that it claims: path, standard (1b, 2u, ua1 ...), "yes", "no" or "unreadable", and the broken rules as
 * clause-test:times, parted by tabs. A file that claims nothing makes no line.
 */
public final class Judge {
    private Judge() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        LogManager.getLogManager().reset(); // it tells of each odd byte; the rules are what counts
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = in.readLine(); path != null; path = in.readLine()) {
            try {
                for (PDFAFlavour flavour : claimed(path)) {
                    judge(path, flavour, out);
                }
            } catch (Exception | StackOverflowError error) {
                out.println(path + "\t-\tunreadable\t" + error.getClass().getSimpleName());
            }
        }
    }

    /** The parser answers with a default where nothing is claimed: what it says with either of two is claimed. */
    private static List<PDFAFlavour> claimed(String path) throws Exception {
        List<PDFAFlavour> both = new ArrayList<>(flavours(path, PDFAFlavour.PDFA_1_B));
        both.retainAll(flavours(path, PDFAFlavour.PDFA_4_E));
        return both;
    }

    private static List<PDFAFlavour> flavours(String path, PDFAFlavour otherwise) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(path), PDFAFlavour.NO_FLAVOUR, otherwise)) {
            return parser.getFlavours();
        }
    }

    private static void judge(String path, PDFAFlavour flavour, PrintStream out) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(path), flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false);
            ValidationResult result = validator.validate(parser);
            TreeMap<String, Integer> broken = new TreeMap<>();
            result.getFailedChecks().forEach((RuleId rule, Integer times) ->
                broken.put(rule.getClause() + "-" + rule.getTestNumber(), times));
            StringBuilder rules = new StringBuilder();
            broken.forEach((rule, times) -> rules.append(rules.length() > 0 ? " " : "").append(rule).append(":").append(times));
            out.println(path + "\t" + flavour.getId() + "\t" + (result.isCompliant() ? "yes" : "no") + "\t" + rules);
        }
    }
}
