package org.tessera.pipeline.spark.api;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.classic.UserDefinedFunctionUtils$;
import org.apache.spark.sql.expressions.SparkUserDefinedFunction;
import org.apache.spark.sql.functions;
import scala.Function1;
import scala.Option;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Registers the functions of {@link TesseraFunctions} in every session: {@code --conf
 * spark.sql.extensions=org.tessera.pipeline.spark.api.TesseraExtensions}.
 */
public final class TesseraExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    SparkUserDefinedFunction function =
        (SparkUserDefinedFunction) functions.udf(new TokenizeFunction(), Outcomes.TYPE);
    Function1<Seq<Expression>, Expression> builder =
        new AbstractFunction1<>() {
          @Override
          public Expression apply(Seq<Expression> arguments) {
            return UserDefinedFunctionUtils$.MODULE$.toScalaUDF(function, arguments);
          }
        };
    extensions.injectFunction(
        new Tuple3<>(
            new FunctionIdentifier(TesseraFunctions.TOKENIZE, Option.empty()),
            new ExpressionInfo(TokenizeFunction.class.getName(), TesseraFunctions.TOKENIZE),
            builder));
    return BoxedUnit.UNIT;
  }
}
